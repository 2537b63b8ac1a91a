/** How components read and change: typed documents through one cache. */
import {
  type InfiniteData,
  QueryClient,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

import type { TypedDocumentString } from "./generated/graphql";
import { Failure, idOf, request } from "./request";

/** What is shown of a list at once is loaded in pages of so many. */
export const PAGE = 100;

export function createCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A refusal stays one; an interruption is tried again.
        retry: (count, error) => count < 2 && error instanceof Failure && error.code === "UNREACHABLE",
      },
    },
  });
}

/** The part of a connection that a list needs. */
export interface Connection<Item> {
  nodes: Item[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount?: number | null;
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
  });
  const items = query.data?.pages.flatMap((page) => page.nodes) ?? [];
  return { ...query, items, total: query.data?.pages[0]?.totalCount ?? null };
}

export type Pages<Item> = InfiniteData<Connection<Item>, string | null>;

/** A change; what is shown is read anew afterwards, unless it cannot have changed. */
export function useChange<Data, Variables, Result = Data>(
  document: TypedDocumentString<Data, Variables>,
  options: { pick?: (data: Data) => Result; stale?: "all" | "none" } = {},
) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (variables: Variables): Promise<Result> => {
      const data = await request(document, variables);
      return options.pick ? options.pick(data) : (data as unknown as Result);
    },
    onSuccess: () => (options.stale === "none" ? undefined : cache.invalidateQueries()),
  });
}
