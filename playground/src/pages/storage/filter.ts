/** What the list of files is narrowed to and ordered by. */
import type { StorageObjectFilter, StorageObjectOrder } from "../../api/generated/graphql";

export interface Narrowed {
  search: string;
  /** The first and the last day, as `2026-01-31`, in the reader's zone. */
  from: string;
  to: string;
}

export const EVERYTHING: Narrowed = { search: "", from: "", to: "" };

export type Sort = "newest" | "oldest" | "largest" | "smallest";

export const ORDERS: Record<Sort, StorageObjectOrder> = {
  newest: { field: "CREATED_AT", direction: "DESC" },
  oldest: { field: "CREATED_AT", direction: "ASC" },
  largest: { field: "SIZE_BYTES", direction: "DESC" },
  smallest: { field: "SIZE_BYTES", direction: "ASC" },
};

export function filterOf({ search, from, to }: Narrowed): StorageObjectFilter {
  return {
    ...(search.trim() ? { search: search.trim() } : {}),
    // The server leaves the instants themselves out: one that is stored at midnight is of the day.
    ...(from ? { createdAfter: midnight(from, 0, -1) } : {}),
    ...(to ? { createdBefore: midnight(to, 1, 0) } : {}),
  };
}

function midnight(day: string, daysLater: number, milliseconds: number): string {
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + daysLater);
  return new Date(at.getTime() + milliseconds).toISOString();
}

export function isNarrowed(filter: StorageObjectFilter): boolean {
  return Object.keys(filter).length > 0;
}

/** To count or delete, the server wants something in the filter; this fits all. */
export function neverEmpty(filter: StorageObjectFilter): StorageObjectFilter {
  return isNarrowed(filter) ? filter : { createdAfter: "1970-01-01T00:00:00Z" };
}

/** Where all that fit are downloaded at once. */
export function exportPath(filter: StorageObjectFilter, format: "ndjson" | "zip"): string {
  const parameters = new URLSearchParams({ format });
  if (filter.search) parameters.set("search", filter.search);
  if (filter.createdAfter) parameters.set("created_after", filter.createdAfter);
  if (filter.createdBefore) parameters.set("created_before", filter.createdBefore);
  return `v1/storage/export?${parameters}`;
}
