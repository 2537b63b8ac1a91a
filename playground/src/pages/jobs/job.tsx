/** One run: how each source comes along while it runs, then why it failed, or the way to its result. */
import { Anchor, Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";

import { graphql } from "../../api/generated";
import type { JobRowFragment } from "../../api/generated/graphql";
import { request } from "../../api/request";
import { useLive } from "../../shell/live";
import { count, words } from "../../ui/format";
import { Page, Section } from "../../ui/page";
import { Scroll } from "../../ui/scroll";
import { State } from "../../ui/state";
import { Empty, Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { CancelJob, RetryJob } from "./actions";
import { isOver } from "./documents";
import { tookOf } from "./page";
import { ScrapeLogs } from "./scrape_logs";

const JOB = graphql(`
  query OneJob($id: ID!) {
    job(id: $id) {
      ...JobRow
    }
  }
`);

const PROGRESS = graphql(`
  subscription JobProgress($id: ID!) {
    jobProgress(jobId: $id) {
      ...JobRow
    }
  }
`);

export function JobPage({ id }: { id: string }) {
  const live = useLive();
  const cache = useQueryClient();
  const query = useQuery({
    queryKey: ["job", id],
    queryFn: ({ signal }) => request(JOB, { id }, signal).then(({ job }) => job),
  });
  const job = query.data;
  const isDone = job === null || (job !== undefined && isOver(job));
  useEffect(() => {
    if (isDone) return;
    return live.follow(PROGRESS, {
      variables: () => ({ id }),
      onData: ({ jobProgress }) => cache.setQueryData(["job", id], jobProgress),
    });
  }, [live, cache, id, isDone]);

  if (query.error)
    return (
      <Page title="Run">
        <Trouble title="Could not load the run" error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  if (job === undefined)
    return (
      <Page title="Run">
        <Loading what="the run" />
      </Page>
    );
  if (job === null)
    return (
      <Page title="Run">
        <Empty title="There is no such run">It may be of another workspace.</Empty>
      </Page>
    );
  return (
    <Page
      title={job.query?.name ?? job.query?.prompt ?? "Run"}
      about={<About job={job} />}
      actions={<Actions job={job} />}
    >
      <Stack>
        {job.error ? <Trouble title={`Failed: ${job.error.code}`} error={new Error(job.error.message)} /> : null}
        <SourcesOf job={job} />
        <ScrapeLogs jobId={job.id} key={job.status} />
      </Stack>
    </Page>
  );
}

function About({ job }: { job: JobRowFragment }) {
  return (
    <Group gap="xs" role="status" aria-label="State of the run">
      <State of={job.status} />
      <Text size="sm">
        {words(job.trigger)}, made <Time at={job.createdAt} />
        {job.completedAt ? (
          <>
            , ended <Time at={job.completedAt} />
          </>
        ) : null}
        {job.startedAt && job.completedAt ? ` after ${tookOf(job)}` : null}
        {job.attempt > 1 ? `, attempt ${job.attempt} of ${job.maxAttempts}` : null}
      </Text>
    </Group>
  );
}

function Actions({ job }: { job: JobRowFragment }) {
  return (
    <>
      {job.result ? (
        <Button component={Link} href={`/results/${encodeURIComponent(job.result.key)}`}>
          Open the result
        </Button>
      ) : null}
      <CancelJob job={job} size="sm" />
      <RetryJob job={job} size="sm" />
      {job.query ? (
        <Anchor component={Link} href={`/queries/${job.query.id}`}>
          The query
        </Anchor>
      ) : null}
    </>
  );
}

const DONE = ["COMPLETE", "TRUNCATED", "PARTIAL", "UNSUPPORTED", "AUTH_MISSING", "RATE_LIMITED", "ERROR"];

function SourcesOf({ job }: { job: JobRowFragment }) {
  const done = job.sources.filter(({ status }) => DONE.includes(status)).length;
  const isRunning = !isOver(job);
  return (
    <Section
      title="Sources"
      aside={job.sources.length > 0 ? <Text size="sm">{`${done} of ${job.sources.length} done`}</Text> : null}
    >
      {isRunning ? (
        <Progress
          mb="sm"
          animated
          aria-label="Sources that are done"
          value={job.sources.length === 0 ? 3 : Math.max(3, (100 * done) / job.sources.length)}
        />
      ) : null}
      {job.sources.length === 0 ? (
        <Text c="dimmed">{isRunning ? "It waits to be started." : "No source was asked."}</Text>
      ) : (
        <Scroll minWidth={460}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Source</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th className="number">Requests</Table.Th>
                <Table.Th className="number">Posts read</Table.Th>
                <Table.Th>Why</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {job.sources.map((source) => (
                <Table.Tr key={source.source}>
                  <Table.Td>{source.source}</Table.Td>
                  <Table.Td>
                    <State of={source.status} />
                  </Table.Td>
                  <Table.Td className="number">{count(source.requests)}</Table.Td>
                  <Table.Td className="number">{count(source.documents)}</Table.Td>
                  <Table.Td>{source.reason ?? ""}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      )}
    </Section>
  );
}
