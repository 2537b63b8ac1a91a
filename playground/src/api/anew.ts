/**
 * What is read anew, and when. An answer that is on its way may be of before a change that is shown already, and the
 * next page of a list is put below the pages that there were when it was asked for: so once it is there, what was
 * changed meanwhile is changed in it again, and what went out of date meanwhile is read once more.
 */
import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

export type Change = (query: Query) => void;

/** A list of which somebody has loaded more than this is long: each of its pages would be a request. */
const MOST_PAGES = 2;

export function isLong({ state }: { state: { data: unknown } }): boolean {
  return ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) > MOST_PAGES;
}

/** What happened while an answer was on its way. */
interface Meanwhile {
  changes: Change[];
  isOutdated: boolean;
}

const underway = new WeakMap<Query, Meanwhile>();

/** Has to be called once, for what is below to work. */
export function followAnswers(cache: QueryClient): void {
  cache.getQueryCache().subscribe((event) => {
    const { query } = event;
    if (query.getObserversCount() === 0 && query.state.isInvalidated && isLong(query)) {
      // A long list that is out of date is let go once nobody looks: who opens it then reads its beginning alone.
      cache.getQueryCache().remove(query);
    } else if (event.type === "updated" && event.action.type === "fetch") {
      // The next page makes those before it no newer.
      const isMore = event.action.meta?.fetchMore !== undefined;
      underway.set(query, { changes: [], isOutdated: isMore && query.state.isInvalidated });
    } else if (event.type === "updated" && query.state.fetchStatus === "idle") {
      arrived(cache, query);
    }
  });
}

function arrived(cache: QueryClient, query: Query): void {
  const meanwhile = underway.get(query);
  if (!meanwhile) return;
  underway.delete(query);
  for (const change of meanwhile.changes) change(query);
  if (!meanwhile.isOutdated) return;
  query.invalidate();
  void cache.refetchQueries({ type: "active", predicate: (other) => other === query && !isLong(other) });
}

/** Changes what is known, and once more what is on its way. */
export function changeAlso(query: Query, change: Change): void {
  underway.get(query)?.changes.push(change);
  change(query);
}

/**
 * Reads anew what is shown and short; everything else when it is opened the next time. What is on its way is not called
 * off for it, or there would be nothing to see while much happens.
 */
export async function readAnew(cache: QueryClient, queryKey?: QueryKey): Promise<void> {
  const late = cache.getQueryCache().findAll({ queryKey, predicate: (query) => underway.has(query) });
  for (const query of late) outdate(query);
  await cache.invalidateQueries({ queryKey, refetchType: "none" });
  const read = (isMeant: (query: Query) => boolean) =>
    cache.refetchQueries({ queryKey, type: "active", predicate: isMeant }, { cancelRefetch: false });
  await read((query) => !isLong(query));
  await read((query) => late.includes(query) && query.state.fetchStatus === "fetching");
}

function outdate(query: Query): void {
  const meanwhile = underway.get(query);
  if (meanwhile) meanwhile.isOutdated = true;
}
