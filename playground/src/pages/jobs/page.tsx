/** Jobs: the questions that are kept, and every run of them, as they happen. */
import { Anchor, Button, Group, Stack, Tabs, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { PAGE, usePages } from "../../api/data";
import type { JobRowFragment, JobStatus, QueriesQuery } from "../../api/generated/graphql";
import { useMay } from "../../shell/session";
import { count, duration, words } from "../../ui/format";
import { type Column, LongList } from "../../ui/list";
import { Page } from "../../ui/page";
import { State } from "../../ui/state";
import { Empty, Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { Choice } from "../../ui/choice";
import { DeleteQuery, PauseOrResume, RunNow } from "./actions";
import { JOBS, QUERIES } from "./documents";

type Row = NonNullable<QueriesQuery["queries"]>["nodes"][number];

export function JobsPage() {
  const [location, go] = useLocation();
  const shown = location === "/runs" ? "runs" : "queries";
  return (
    <Page title="Jobs" actions={<NewQuery />}>
      <Tabs value={shown} onChange={(next) => go(next === "runs" ? "/runs" : "/jobs")} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="queries">Queries</Tabs.Tab>
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="queries">
          <Queries />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <Runs />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

export function NewQuery() {
  if (!useMay("write")) return null;
  return (
    <Button component={Link} href="/new">
      New query
    </Button>
  );
}

const KINDS = { all: "All", scheduled: "Scheduled", once: "Asked once" };

function Queries() {
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState<keyof typeof KINDS>("all");
  const [wanted] = useDebouncedValue(search.trim(), 300);
  const filter = {
    ...(wanted ? { search: wanted } : {}),
    ...(kind === "all" ? {} : { scheduled: kind === "scheduled" }),
  };
  const list = usePages(QUERIES, { first: PAGE, filter }, (data) => data.queries);
  const isNarrowed = wanted !== "" || kind !== "all";
  return (
    <Stack>
      <Group align="flex-end">
        <TextInput
          label="Search"
          placeholder="Words of the question or its name"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          w={280}
          maw="100%"
        />
        <Choice label="Which queries" value={kind} choices={KINDS} onChange={setKind} />
        {list.total === null ? null : <span role="status">{count(list.total)} queries</span>}
      </Group>
      <Trouble title="Could not load the queries" error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && !list.error ? <Loading what="queries" rows={8} /> : null}
      {list.isSuccess && list.items.length === 0 ? (
        isNarrowed ? (
          <Empty title="No query fits">Another word may find it.</Empty>
        ) : (
          <Empty title="No questions yet" action={<NewQuery />}>
            Ask how often something was mentioned, by whom, or how people feel about it.
          </Empty>
        )
      ) : null}
      {list.items.length > 0 ? (
        <LongList
          label="Queries"
          items={list.items}
          total={list.total}
          columns={QUERY_COLUMNS}
          id={(row) => row.id}
          heights={[56, 172]}
          more={list}
        />
      ) : null}
    </Stack>
  );
}

const QUERY_COLUMNS: Column<Row>[] = [
  {
    title: "Question",
    width: "minmax(0, 3fr)",
    cell: (row) => (
      <Anchor component={Link} href={`/queries/${row.id}`}>
        {row.name ?? row.prompt}
      </Anchor>
    ),
  },
  { title: "State", width: "96px", cell: (row) => <State of={shownState(row)} /> },
  {
    title: "Next run",
    width: "minmax(0, 1.5fr)",
    cell: (row) => <Time at={row.schedule?.nextRunAt} none={row.schedule ? "Paused" : "Not scheduled"} />,
  },
  { title: "Latest run", width: "minmax(0, 1.5fr)", cell: (row) => <LatestRun job={row.latestJob} /> },
  {
    title: "Sources",
    width: "minmax(0, 1fr)",
    cell: (row) => <span title={row.sources.join(", ")}>{sourcesOf(row)}</span>,
  },
  { title: "Actions", width: "236px", isUnlabelled: true, cell: (row) => <QueryActions row={row} /> },
];

/** A question that is asked once is at nothing unless it runs. */
function shownState(row: Row): string {
  const latest = row.latestJob?.status;
  if (latest === "RUNNING" || latest === "QUEUED") return latest;
  if (row.schedule) return row.state;
  return latest ?? row.state;
}

function sourcesOf(row: Row): string {
  return row.sources.length === 0 ? "All that are ready" : row.sources.join(", ");
}

function LatestRun({ job }: { job: JobRowFragment | null }) {
  if (!job) return <span>Never ran</span>;
  return (
    <Anchor component={Link} href={`/jobs/${job.id}`}>
      <Time at={job.completedAt ?? job.createdAt} />
    </Anchor>
  );
}

function QueryActions({ row }: { row: Row }) {
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <RunNow queryId={row.id} />
      {row.schedule ? (
        <PauseOrResume queryId={row.id} isPaused={row.schedule.pausedAt !== null || row.state === "FAILED"} />
      ) : null}
      <DeleteQuery queryId={row.id} />
    </Group>
  );
}

const STATUSES: Record<"all" | JobStatus, string> = {
  all: "All",
  QUEUED: "Queued",
  RUNNING: "Running",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
};

function Runs() {
  const [status, setStatus] = useState<keyof typeof STATUSES>("all");
  const filter = status === "all" ? {} : { statuses: [status] };
  const list = usePages(JOBS, { first: PAGE, filter }, (data) => data.jobs);
  return (
    <Stack>
      <Group align="flex-end">
        <Choice label="Which runs" value={status} choices={STATUSES} onChange={setStatus} />
        {list.total === null ? null : <span role="status">{count(list.total)} runs</span>}
      </Group>
      <Trouble title="Could not load the runs" error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && !list.error ? <Loading what="runs" rows={8} /> : null}
      {list.isSuccess && list.items.length === 0 ? (
        <Empty title="No runs here">Ask a question, or let one run by a schedule.</Empty>
      ) : null}
      {list.items.length > 0 ? (
        <LongList
          label="Runs"
          items={list.items}
          total={list.total}
          columns={RUN_COLUMNS}
          id={(row) => row.id}
          heights={[52, 148]}
          more={list}
        />
      ) : null}
    </Stack>
  );
}

export const RUN_COLUMNS: Column<JobRowFragment>[] = [
  {
    title: "Question",
    width: "minmax(0, 3fr)",
    cell: (job) => (
      <Anchor component={Link} href={`/jobs/${job.id}`}>
        {job.query ? (job.query.name ?? job.query.prompt) : job.id}
      </Anchor>
    ),
  },
  { title: "State", width: "104px", cell: (job) => <State of={job.status} /> },
  { title: "Why", width: "96px", cell: (job) => words(job.trigger) },
  { title: "Begun", width: "minmax(0, 1.2fr)", cell: (job) => <Time at={job.startedAt ?? job.createdAt} /> },
  { title: "Took", width: "84px", cell: (job) => tookOf(job) },
  {
    title: "Sources",
    width: "minmax(0, 1.2fr)",
    cell: (job) => (
      <span title={job.sources.map(({ source }) => source).join(", ")}>
        {job.sources.map(({ source }) => source).join(", ") || "–"}
      </span>
    ),
  },
];

export function tookOf(job: JobRowFragment): string {
  if (!job.startedAt || !job.completedAt) return "–";
  return duration(Date.parse(job.completedAt) - Date.parse(job.startedAt));
}
