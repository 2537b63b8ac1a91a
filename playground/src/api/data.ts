/** How components read and change: typed documents through one cache. */
import {
  QueryClient,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

import { followAnswers, isLong, readAnew } from "./anew";
import type { TypedDocumentString } from "./generated/graphql";
import { type Connection, showChange } from "./lists";
import { Failure, idOf, request } from "./request";

/** What is shown of a list at once is loaded in pages of so many. */
export const PAGE = 100;

export function createCache(): QueryClient {
  const cache = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A refusal stays one; an interruption is tried again.
        retry: (count, error) => count < 2 && error instanceof Failure && error.code === "UNREACHABLE",
      },
    },
  });
  followAnswers(cache);
  return cache;
}

/** One document's data. */
export function useData<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  options: { enabled?: boolean; staleTime?: number; keepPrevious?: boolean } = {},
): UseQueryResult<Data, Error> {
  const { keepPrevious, ...rest } = options;
  return useQuery({
    queryKey: [idOf(document), variables],
    queryFn: ({ signal }) => request(document, variables, signal),
    placeholderData: keepPrevious ? (previous: Data | undefined) => previous as never : undefined,
    ...rest,
  });
}

/** A list that is loaded page by page, as far as somebody scrolls. */
export function usePages<Data, Variables extends { after?: string | null }, Item>(
  document: TypedDocumentString<Data, Variables>,
  variables: Omit<Variables, "after">,
  pick: (data: Data) => Connection<Item> | null,
) {
  const query = useInfiniteQuery({
    queryKey: [idOf(document), "pages", variables],
    queryFn: async ({ pageParam, signal }) => {
      const data = await request(document, { ...variables, after: pageParam } as Variables, signal);
      return pick(data) ?? { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: Connection<Item>) => (last.pageInfo.hasNextPage ? last.pageInfo.endCursor : undefined),
    refetchOnWindowFocus: (shown) => !isLong(shown),
    refetchOnReconnect: (shown) => !isLong(shown),
  });
  const items = query.data?.pages.flatMap((page) => page.nodes) ?? [];
  const told = query.data?.pages[0]?.totalCount ?? null;
  return {
    ...query,
    // That of a further page is shown where that page would be.
    error: query.isFetchNextPageError ? null : query.error,
    moreError: query.isFetchNextPageError ? query.error : null,
    items,
    // Once all are there they are counted: what was told may have changed since, where nobody saw it.
    total: told === null || query.hasNextPage ? told : items.length,
  };
}

/**
 * A change: what it answered shows in the lists at once, what is `gone` leaves them, and what is shown is read anew,
 * unless it cannot have changed.
 */
export function useChange<Data, Variables, Result = Data>(
  document: TypedDocumentString<Data, Variables>,
  options: {
    pick?: (data: Data) => Result;
    stale?: "all" | "none";
    gone?: (variables: Variables) => readonly string[];
  } = {},
) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (variables: Variables): Promise<Result> => {
      const data = await request(document, variables);
      return options.pick ? options.pick(data) : (data as unknown as Result);
    },
    onSuccess: (result, variables) => {
      if (options.stale === "none") return undefined;
      showChange(cache, result, options.gone?.(variables) ?? []);
      return readAnew(cache);
    },
  });
}
