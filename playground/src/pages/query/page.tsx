/** A question that is kept: when it runs, how it is understood, and how its figures went. */
import { Group, List, Stack, Text } from "@mantine/core";
import { useLocation } from "wouter";

import { PAGE, useData, usePages } from "../../api/data";
import type { QueryPageQuery } from "../../api/generated/graphql";
import { LongList } from "../../ui/list";
import { Page, Section } from "../../ui/page";
import { State } from "../../ui/state";
import { Empty, Loading, Shown, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { ReadingShown } from "../ask/reading";
import { DeleteQuery, PauseOrResume, RunNow } from "../jobs/actions";
import { JOBS } from "../jobs/documents";
import { RUN_COLUMNS } from "../jobs/page";
import { QUERY_PAGE } from "./documents";
import { EditQuery } from "./edit";
import { History } from "./history";
import { ScheduleSection } from "./schedule";

export type Kept = NonNullable<QueryPageQuery["query"]>;

export function QueryPage({ id }: { id: string }) {
  const query = useData(QUERY_PAGE, { id });
  return (
    <Shown query={query} what="the query">
      {({ query: kept }) =>
        kept ? (
          <Query kept={kept} />
        ) : (
          <Page title="Query">
            <Empty title="There is no such query">It may be of another workspace.</Empty>
          </Page>
        )
      }
    </Shown>
  );
}

function Query({ kept }: { kept: Kept }) {
  const [, go] = useLocation();
  const isGone = kept.deletedAt !== null;
  const actions = isGone ? null : (
    <>
      <RunNow queryId={kept.id} size="sm" />
      {kept.schedule ? (
        <PauseOrResume
          queryId={kept.id}
          isPaused={kept.schedule.pausedAt !== null || kept.state === "FAILED"}
          size="sm"
        />
      ) : null}
      <EditQuery kept={kept} />
      <DeleteQuery queryId={kept.id} size="sm" onDeleted={() => go("/jobs")} />
    </>
  );
  return (
    <Page title={kept.name ?? kept.prompt} about={<About kept={kept} />} actions={actions}>
      <Stack>
        {isGone ? null : <ScheduleSection kept={kept} />}
        <History queryId={kept.id} />
        <Section title="How it is understood">
          <ReadingShown reading={kept.reading as object} />
          <List size="sm" mt="sm">
            {kept.assumptions.map((text) => (
              <List.Item key={text}>{text}</List.Item>
            ))}
          </List>
        </Section>
        <RunsOf queryId={kept.id} />
      </Stack>
    </Page>
  );
}

function About({ kept }: { kept: Kept }) {
  return (
    <Group gap="xs">
      <State of={kept.deletedAt ? "CANCELLED" : kept.state} label={kept.deletedAt ? "Deleted" : undefined} />
      <Text size="sm">
        {kept.name ? `${kept.prompt} · ` : ""}
        {kept.sources.length === 0 ? "all sources that are ready" : kept.sources.join(", ")}, made{" "}
        <Time at={kept.createdAt} />
        {kept.webhookUrl ? `, told to ${kept.webhookUrl}` : ""}
      </Text>
    </Group>
  );
}

function RunsOf({ queryId }: { queryId: string }) {
  const list = usePages(JOBS, { first: PAGE, filter: { queryId } }, (data) => data.jobs);
  return (
    <Section title="Runs">
      <Trouble title="Could not load the runs" error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && !list.error ? <Loading what="the runs" /> : null}
      {list.isSuccess && list.items.length === 0 ? <Text c="dimmed">It has not run yet.</Text> : null}
      {list.items.length > 0 ? (
        <LongList
          label="Runs"
          items={list.items}
          total={list.total}
          columns={RUN_COLUMNS.slice(1).concat(RUN_COLUMNS.slice(0, 1))}
          id={(job) => job.id}
          heights={[48, 148]}
          more={list}
        />
      ) : null}
    </Section>
  );
}
