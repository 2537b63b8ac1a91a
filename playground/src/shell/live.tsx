/** What happens in the workspace while somebody looks: one socket keeps what the lists show up to date. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";

import type { Pages } from "../api/data";
import { graphql } from "../api/generated";
import type { JobRowFragment } from "../api/generated/graphql";
import { Live, type LiveState } from "../api/live";
import { idOf } from "../api/request";
import { JOBS, QUERIES } from "../pages/jobs/documents";
import { PINS } from "../pages/overview/documents";
import { QUERY_PAGE, RESULTS } from "../pages/query/documents";
import { ENDPOINT_DELIVERIES } from "../pages/settings/webhook/documents";
import { FILES } from "../pages/storage/documents";
import { useSession } from "./session";

const OPEN_JOBS = graphql(`
  subscription OpenJobs {
    openJobs {
      ...JobRow
    }
  }
`);

const JOB_COMPLETED = graphql(`
  subscription JobCompleted($after: String) {
    jobCompleted(after: $after) {
      cursor
      jobId
      job {
        ...JobRow
      }
    }
  }
`);

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const { ended } = useSession();
  const cache = useQueryClient();
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const opened = new Live(ended);
    const stops = [followOpen(opened, cache), followEnds(opened, cache)];
    setLive(opened);
    return () => {
      for (const stop of stops) stop();
      opened.end();
    };
  }, [ended, cache]);
  return live ? <LiveContext.Provider value={live}>{children}</LiveContext.Provider> : null;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("nothing is live outside of the pages");
  return live;
}

export function useLiveState(): LiveState {
  const live = useLive();
  return useSyncExternalStore(
    (changed) => live.watch(changed),
    () => live.state,
  );
}

/** The key under which the jobs that have not ended are kept. */
export const OPEN = ["open jobs"];

function followOpen(live: Live, cache: QueryClient): () => void {
  return live.follow(OPEN_JOBS, {
    variables: () => ({}),
    onData: ({ openJobs }) => {
      cache.setQueryData(OPEN, openJobs);
      // The oldest first, so that the newest ends up at the top.
      for (const job of [...openJobs].reverse()) put(cache, job);
    },
  });
}

function followEnds(live: Live, cache: QueryClient): () => void {
  let after: string | null = null;
  return live.follow(JOB_COMPLETED, {
    variables: () => ({ after }),
    onData: ({ jobCompleted }) => {
      after = jobCompleted.cursor;
      if (jobCompleted.job) put(cache, jobCompleted.job);
      for (const document of [FILES, PINS, QUERY_PAGE, RESULTS, ENDPOINT_DELIVERIES]) readAnew(cache, idOf(document));
    },
    onLost: () => {
      after = null;
      void cache.invalidateQueries();
    },
  });
}

/** A list of which somebody has loaded more than this is read anew when it is opened the next time. */
const MOST_PAGES = 2;

function readAnew(cache: QueryClient, key: string): void {
  const isShort = ({ state }: { state: { data: unknown } }) =>
    ((state.data as Partial<Pages<unknown>> | undefined)?.pages?.length ?? 0) <= MOST_PAGES;
  void cache.invalidateQueries({ queryKey: [key], predicate: isShort });
  void cache.invalidateQueries({ queryKey: [key], refetchType: "none" });
}

/** Puts a job as it is now where lists show it; one that is new comes first. */
function put(cache: QueryClient, job: JobRowFragment): void {
  for (const [key, pages] of cache.getQueriesData<Pages<JobRowFragment>>({ queryKey: [idOf(JOBS), "pages"] })) {
    if (pages) cache.setQueryData(key, withJob(pages, job, wanted(key)));
  }
  const query = job.query?.id;
  let isKnown = false;
  type Queries = Pages<{ id: string; latestJob: JobRowFragment | null }>;
  for (const [key, pages] of cache.getQueriesData<Queries>({ queryKey: [idOf(QUERIES), "pages"] })) {
    if (!pages) continue;
    const nodes = pages.pages.flatMap((page) => page.nodes);
    isKnown ||= nodes.some(({ id }) => id === query);
    const next = pages.pages.map((page) => ({
      ...page,
      nodes: page.nodes.map((row) =>
        row.id === query && isLater(job, row.latestJob) ? { ...row, ...job.query, latestJob: job } : row,
      ),
    }));
    cache.setQueryData(key, { ...pages, pages: next });
  }
  if (!isKnown) void cache.invalidateQueries({ queryKey: [idOf(QUERIES)] });
  cache.setQueryData(["job", job.id], job);
}

/** The statuses that a list is narrowed to; nothing where it has all. */
function wanted(key: readonly unknown[]): readonly string[] {
  const variables = key[2] as { filter?: { statuses?: string[]; queryId?: string } } | undefined;
  return variables?.filter?.statuses ?? [];
}

function withJob(
  pages: Pages<JobRowFragment>,
  job: JobRowFragment,
  statuses: readonly string[],
): Pages<JobRowFragment> {
  const fits = statuses.length === 0 || statuses.includes(job.status);
  let isThere = false;
  const next = pages.pages.map((page) => ({
    ...page,
    nodes: page.nodes.flatMap((row) => {
      if (row.id !== job.id) return [row];
      isThere = true;
      return fits ? [job] : [];
    }),
  }));
  const first = next[0];
  const isNewest = !first?.nodes[0] || job.id > first.nodes[0].id;
  if (!isThere && fits && first && isNewest) {
    const total = first.totalCount == null ? first.totalCount : first.totalCount + 1;
    next[0] = { ...first, nodes: [job, ...first.nodes], totalCount: total };
  }
  return { ...pages, pages: next };
}

function isLater(job: JobRowFragment, other: JobRowFragment | null): boolean {
  return !other || job.id >= other.id;
}
