/** Deletes files, or only counts what would go, in as many calls as it takes. */
import { type QueryClient, useQuery } from "@tanstack/react-query";

import { readAnew } from "../../api/anew";
import type { DeleteStorageObjectsInput, StorageObjectFilter } from "../../api/generated/graphql";
import { changeLists, withRows } from "../../api/lists";
import { accepted, idOf, request } from "../../api/request";
import { count } from "../../ui/format";
import { DELETE_FILES, FILES } from "./documents";
import { neverEmpty } from "./filter";

/** What is to go: files by their keys, or all that fit. */
export type Doomed = { keys: string[] } | { filter: StorageObjectFilter };

export interface Outcome {
  matched: number;
  deleted: number;
  bytes: number;
}

/** So many keys the server takes at once. */
const PER_CALL = 100;

export async function deleteFiles(
  doomed: Doomed,
  dryRun: boolean,
  told?: (done: number) => void,
  signal?: AbortSignal,
): Promise<Outcome> {
  const outcome = { matched: 0, deleted: 0, bytes: 0 };
  for (const input of calls(doomed)) {
    const data = await request(DELETE_FILES, { input: { ...input, dryRun } }, signal);
    const payload = accepted(data.deleteStorageObjects);
    outcome.matched += payload.matchedCount;
    outcome.deleted += payload.deletedCount;
    outcome.bytes += payload.bytes;
    told?.(outcome.deleted);
  }
  return outcome;
}

function calls(doomed: Doomed): DeleteStorageObjectsInput[] {
  if ("filter" in doomed) return [{ filter: neverEmpty(doomed.filter) }];
  const { keys } = doomed;
  return Array.from({ length: Math.ceil(keys.length / PER_CALL) }, (_, call) => ({
    keys: keys.slice(call * PER_CALL, (call + 1) * PER_CALL),
  }));
}

/** How many files and bytes would go; asked anew each time it is enabled. */
export function useDryRun(doomed: Doomed, enabled: boolean) {
  return useQuery({
    queryKey: ["StorageDryRun", doomed],
    queryFn: ({ signal }) => deleteFiles(doomed, true, undefined, signal),
    enabled,
    staleTime: 0,
    gcTime: 0,
  });
}

/** How many files fit and how many bytes they have; kept with the list, as it changes when that does. */
export function useUsage(filter: StorageObjectFilter, enabled: boolean) {
  const all = neverEmpty(filter);
  return useQuery({
    queryKey: [idOf(FILES), "usage", all],
    queryFn: ({ signal }) => deleteFiles({ filter: all }, true, undefined, signal),
    enabled,
  });
}

/** Takes deleted files from the lists at once; a long one is not read anew for it. */
export function forget(cache: QueryClient, doomed: Doomed): void {
  const lists = { queryKey: [idOf(FILES)] };
  if ("filter" in doomed) {
    void cache.resetQueries(lists);
    return;
  }
  const gone = new Set(doomed.keys);
  const left = (rows: { key: string }[]) => rows.filter(({ key }) => !gone.has(key));
  changeLists<{ key: string }>(cache, (list) => withRows(list, left), idOf(FILES));
  void readAnew(cache);
}

export function files(value: number): string {
  return value === 1 ? "1 file" : `${count(value)} files`;
}
