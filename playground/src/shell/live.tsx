/** What happens in the workspace while somebody looks: one socket keeps what the lists show up to date. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";

import { readAnew } from "../api/anew";
import { graphql } from "../api/generated";
import type { JobRowFragment } from "../api/generated/graphql";
import { changeLists, merged, type Pages, withRows } from "../api/lists";
import { Live, type LiveState } from "../api/live";
import { documentsOfRuns } from "../api/runs";
import { idOf } from "../api/request";
import { isOver, JOBS, QUERIES } from "../pages/jobs/documents";
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
  const { ended, since } = useSession();
  const cache = useQueryClient();
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const opened = new Live(ended);
    const stops = [followOpen(opened, cache), followEnds(opened, cache, since)];
    setLive(opened);
    return () => {
      for (const stop of stops) stop();
      opened.end();
    };
  }, [ended, cache, since]);
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

/** From before the first list was read, so that no end falls between that and the socket. */
function followEnds(live: Live, cache: QueryClient, since: string | null): () => void {
  let after = since;
  return live.follow(JOB_COMPLETED, {
    variables: () => ({ after }),
    onData: ({ jobCompleted }) => {
      after = jobCompleted.cursor;
      if (jobCompleted.job) put(cache, jobCompleted.job);
      for (const document of documentsOfRuns()) void readAnew(cache, [document]);
    },
    onLost: () => {
      after = null;
      void cache.invalidateQueries();
    },
  });
}

/** Puts a job as it is now where lists show it. */
function put(cache: QueryClient, job: JobRowFragment): void {
  const known = cache.getQueryData<JobRowFragment>(["job", job.id]);
  // A list of the open ones may come after the end of one of them.
  if (known && isOver(known) && !isOver(job)) return;
  changeLists<JobRowFragment>(cache, (list, key) => withJob(list, job, fits(job, key)), idOf(JOBS));
  let isKnown = false;
  const isOf = (row: Row) => row.id === job.query?.id;
  const withLatest = (row: Row) => (isLater(job, row.latestJob) ? { ...merged(row, job.query), latestJob: job } : row);
  changeLists<Row>(
    cache,
    (list) => {
      isKnown ||= list.pages.some(({ nodes }) => nodes.some(isOf));
      return withRows(list, (rows) => rows.map((row) => (isOf(row) ? withLatest(row) : row)));
    },
    idOf(QUERIES),
  );
  if (!isKnown) void readAnew(cache, [idOf(QUERIES)]);
  cache.setQueryData(["job", job.id], job);
}

interface Row {
  id: string;
  latestJob: JobRowFragment | null;
}

/** Whether it is one of those that a list is narrowed to. */
function fits(job: JobRowFragment, key: readonly unknown[]): boolean {
  const variables = key[2] as { filter?: { statuses?: string[]; queryId?: string } } | undefined;
  const { statuses, queryId } = variables?.filter ?? {};
  return (!statuses || statuses.includes(job.status)) && (!queryId || queryId === job.query?.id);
}

function withJob(list: Pages<JobRowFragment>, job: JobRowFragment, isWanted: boolean): Pages<JobRowFragment> {
  let isThere = false;
  const next = withRows(list, (rows) =>
    rows.flatMap((row) => {
      if (row.id !== job.id) return [row];
      isThere = true;
      return isWanted ? [job] : [];
    }),
  );
  return isThere || !isWanted ? next : withNew(next, job);
}

/** The newest come first, also when one is told of later than the next; what belongs further below comes with its page. */
function withNew(list: Pages<JobRowFragment>, job: JobRowFragment): Pages<JobRowFragment> {
  const older = list.pages.findIndex(({ nodes }) => nodes.some(({ id }) => id < job.id));
  if (older < 0 && list.pages.at(-1)?.pageInfo.hasNextPage) return list;
  const place = older < 0 ? list.pages.length - 1 : older;
  const pages = list.pages.map((page, index) => {
    const totalCount = index === 0 && page.totalCount != null ? page.totalCount + 1 : page.totalCount;
    if (index !== place) return { ...page, totalCount };
    const newer = page.nodes.filter(({ id }) => id > job.id);
    return { ...page, totalCount, nodes: [...newer, job, ...page.nodes.slice(newer.length)] };
  });
  return { ...list, pages };
}

function isLater(job: JobRowFragment, other: JobRowFragment | null): boolean {
  return !other || job.id >= other.id;
}
