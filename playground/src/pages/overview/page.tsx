/** Overview: the charts that were pinned, what is running, and what ended last. */
import { Anchor, Group, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link } from "wouter";

import { useData, usePages } from "../../api/data";
import type { JobRowFragment, PinsQuery } from "../../api/generated/graphql";
import { readResult } from "../../api/rest";
import { OPEN } from "../../shell/live";
import { words } from "../../ui/format";
import { Page, Section } from "../../ui/page";
import { Scroll } from "../../ui/scroll";
import { State } from "../../ui/state";
import { Empty, Loading, Trouble, Waiting } from "../../ui/states";
import { Time } from "../../ui/time";
import { JOBS } from "../jobs/documents";
import { NewQuery } from "../jobs/page";
import { PINS } from "./documents";
import { PinButton } from "./pin";

const PinnedChart = lazy(() => import("./chart"));

type Pin = NonNullable<PinsQuery["pins"]>["nodes"][number];

export function OverviewPage() {
  return (
    <Page title="Overview" actions={<NewQuery />}>
      <Stack>
        <Pinned />
        <Running />
        <Latest />
      </Stack>
    </Page>
  );
}

function Pinned() {
  const pins = useData(PINS, {});
  if (pins.error)
    return <Trouble title="Could not load the pinned charts" error={pins.error} onRetry={() => void pins.refetch()} />;
  if (!pins.data) return <Loading what="the pinned charts" />;
  const nodes = pins.data.pins?.nodes ?? [];
  if (nodes.length === 0)
    return (
      <Empty title="Nothing is pinned yet">
        Open a result and pin its charts: they are shown here to everybody in the workspace, always of the newest run.
      </Empty>
    );
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {nodes.map((pin) => (
        <PinCard key={pin.id} pin={pin} />
      ))}
    </SimpleGrid>
  );
}

function PinCard({ pin }: { pin: Pin }) {
  const { query, chart } = pin;
  const key = query?.latestResult?.key;
  const result = useQuery({
    queryKey: ["result", key],
    queryFn: ({ signal }) => readResult(key ?? "", signal),
    enabled: key !== undefined,
    staleTime: Infinity,
  });
  if (!query) return null;
  const title = query.name ?? query.prompt;
  return (
    <Section
      title={`${title} · ${words(chart)}`}
      aside={<PinButton queryId={query.id} chart={chart} what={`${words(chart).toLowerCase()} of ${title}`} />}
    >
      {key === undefined ? <Text c="dimmed">No run has a result yet.</Text> : null}
      <Trouble error={result.error} />
      {result.data ? (
        <Suspense fallback={<Waiting what="Loading the chart" />}>
          <PinnedChart chart={chart} document={result.data} />
        </Suspense>
      ) : null}
      {key === undefined ? null : (
        <Text size="sm" mt="xs">
          As of <Time at={query.latestResult?.createdAt} />.{" "}
          <Anchor size="sm" component={Link} href={`/results/${encodeURIComponent(key)}`}>
            Open the result<span className="sr-only"> of {title}</span>
          </Anchor>
        </Text>
      )}
    </Section>
  );
}

function Running() {
  // Put there by what is live; nobody asks for it.
  const open = useQuery<JobRowFragment[]>({
    queryKey: OPEN,
    queryFn: () => [],
    enabled: false,
    initialData: [],
    staleTime: Infinity,
  });
  if (open.data.length === 0) return null;
  return (
    <Section title="Running now">
      <JobTable label="Running now" jobs={open.data} />
    </Section>
  );
}

function Latest() {
  const list = usePages(JOBS, { first: 10, filter: {} }, (data) => data.jobs);
  return (
    <Section
      title="Latest runs"
      aside={
        <Anchor component={Link} href="/runs" size="sm">
          All runs
        </Anchor>
      }
    >
      <Trouble error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && !list.error ? <Loading what="the latest runs" /> : null}
      {list.isSuccess && list.items.length === 0 ? (
        <Group>
          <Text c="dimmed">Nothing has run yet.</Text>
          <NewQuery />
        </Group>
      ) : null}
      {list.items.length > 0 ? <JobTable label="Latest runs" jobs={list.items.slice(0, 10)} /> : null}
    </Section>
  );
}

function JobTable({ label, jobs }: { label: string; jobs: JobRowFragment[] }) {
  return (
    <Scroll minWidth={420}>
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Question</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Begun</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {jobs.map((job) => (
            <Table.Tr key={job.id}>
              <Table.Td>
                <Anchor
                  component={Link}
                  href={job.result ? `/results/${encodeURIComponent(job.result.key)}` : `/jobs/${job.id}`}
                  style={{ overflowWrap: "anywhere" }}
                >
                  {job.query?.name ?? job.query?.prompt ?? job.id}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <State of={job.status} />
              </Table.Td>
              <Table.Td>
                <Time at={job.startedAt ?? job.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
