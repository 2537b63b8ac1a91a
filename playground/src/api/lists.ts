/** Lists that are loaded page by page: a change shows in them at once. */
import type { InfiniteData, Query, QueryClient, QueryKey } from "@tanstack/react-query";

import { changeAlso } from "./anew";

/** The part of a connection that a list needs. */
export interface Connection<Item> {
  nodes: Item[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount?: number | null;
}

export type Pages<Item> = InfiniteData<Connection<Item>, string | null>;

interface Row {
  id: string;
}

/** Changes the lists that are kept, of one document or of all. */
export function changeLists<Item>(
  cache: QueryClient,
  change: (list: Pages<Item>, key: QueryKey) => Pages<Item>,
  document?: string,
): void {
  const isList = ({ queryKey: [id, kind] }: Query) => kind === "pages" && (!document || id === document);
  const changed = (query: Query) => {
    const list = query.state.data as Pages<Item> | undefined;
    // This alone: to be changed is neither to be read anew, nor to have got over a failure.
    if (list) query.setState({ data: change(list, query.queryKey) });
  };
  for (const query of cache.getQueryCache().findAll({ predicate: isList })) changeAlso(query, changed);
}

/** The list with other rows; those that are no more are counted no more. */
export function withRows<Item>(list: Pages<Item>, change: (rows: Item[]) => Item[]): Pages<Item> {
  let taken = 0;
  const pages = list.pages.map((page) => {
    const nodes = change(page.nodes);
    taken += page.nodes.length - nodes.length;
    return { ...page, nodes };
  });
  const first = pages[0];
  if (first?.totalCount != null) pages[0] = { ...first, totalCount: first.totalCount - taken };
  return { ...list, pages };
}

/** What a mutation answered, in the rows that it is about; and rows that are gone. */
export function showChange(cache: QueryClient, answer: unknown, gone: readonly string[]): void {
  const known = new Map(nodesIn(answer).map((node) => [node.id, node]));
  const now = (rows: Row[]) =>
    rows.filter(({ id }) => !gone.includes(id)).map((row) => merged(row, known.get(row.id)));
  changeLists<Row>(cache, (list) => withRows(list, now));
}

function nodesIn(answer: unknown): Row[] {
  if (!isObject(answer)) return [];
  const below = Object.values(answer).flatMap(nodesIn);
  return typeof answer.id === "string" ? [answer as unknown as Row, ...below] : below;
}

/** The row with the more that is known of it; what has parts is merged too, unless it is another by now. */
export function merged<Item extends object>(row: Item, known: object | null | undefined): Item {
  const next = { ...row } as Record<string, unknown>;
  for (const [field, value] of Object.entries(known ?? {})) {
    const before = next[field];
    const isSame = isObject(before) && isObject(value) && !Array.isArray(value) && before.id === value.id;
    next[field] = isSame ? merged(before, value) : value;
  }
  return next as Item;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
