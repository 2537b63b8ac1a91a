/** How the figures of a question went from run to run; two of the runs can be compared. */
import { Anchor, Button, Checkbox, Stack, Table, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";

import { useData } from "../../api/data";
import { type ResultDocument, readResult } from "../../api/rest";
import { count, localTime } from "../../ui/format";
import { Section } from "../../ui/page";
import { Scroll } from "../../ui/scroll";
import { Loading, Trouble, Waiting } from "../../ui/states";
import { Time } from "../../ui/time";
import { PinButton } from "../overview/pin";
import { RESULTS } from "./documents";

const Lines = lazy(() => import("../result/charts"));

export interface Run {
  key: string;
  at: string;
  document: ResultDocument | undefined;
}

/** The newest results of a question, the newest first; each is read once, as it never changes. */
export function useRuns(queryId: string) {
  const list = useData(RESULTS, { queryId });
  const nodes = list.data?.storageObjects?.nodes ?? [];
  const documents = useQueries({
    queries: nodes.map(({ key }) => ({
      queryKey: ["result", key],
      queryFn: () => readResult(key),
      staleTime: Infinity,
    })),
  });
  const runs: Run[] = nodes.map(({ key, createdAt }, index) => ({
    key,
    at: createdAt,
    document: documents[index]?.data,
  }));
  return { list, runs, total: list.data?.storageObjects?.totalCount ?? null };
}

export function History({ queryId, shown }: { queryId: string; shown?: string }) {
  const { list, runs, total } = useRuns(queryId);
  if (list.error) return <Trouble title="Could not load the history" error={list.error} />;
  if (!list.data) return <Loading what="the history" />;
  if (runs.length === 0)
    return (
      <Section title="History">
        <Text c="dimmed">No run has a result yet.</Text>
      </Section>
    );
  const about = total !== null && total > runs.length ? `the newest ${runs.length} of ${count(total)}` : undefined;
  return (
    <Section title="History" aside={<PinButton queryId={queryId} chart="HISTORY" what="the history" />}>
      <Stack>
        {runs.length > 1 ? <HistoryChart runs={runs} /> : null}
        <RunTable runs={runs} shown={shown} />
        {about ? (
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        ) : null}
      </Stack>
    </Section>
  );
}

export function HistoryChart({ runs }: { runs: Run[] }) {
  const points = [...runs]
    .reverse()
    .flatMap(({ document, at }) =>
      document
        ? [
            {
              name: localTime(document.reference_time ?? at),
              values: { Mentions: document.result.total_mentions, Users: document.result.unique_users },
            },
          ]
        : [],
    );
  return (
    <Suspense fallback={<Waiting what="Loading the chart" />}>
      <Lines label="Mentions and users from run to run" points={points} lines={["Mentions", "Users"]} height={200} />
    </Suspense>
  );
}

function RunTable({ runs, shown }: { runs: Run[]; shown?: string }) {
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<string[]>([]);
  // The first that was chosen gives way to the third.
  const choose = (key: string) =>
    setChosen((now) => (now.includes(key) ? now.filter((one) => one !== key) : [...now, key].slice(-2)));
  const [one, other] = runs
    .map(({ key }) => key)
    .filter((key) => chosen.includes(key))
    .reverse();
  return (
    <>
      <Scroll minWidth={360}>
        <Table aria-label="Runs with a result">
          <Table.Thead>
            <Table.Tr>
              {runs.length > 1 ? <Table.Th style={{ width: 40 }} aria-label="Compare" /> : null}
              <Table.Th>Answered</Table.Th>
              <Table.Th className="number">Mentions</Table.Th>
              <Table.Th className="number">Users</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map(({ key, at, document }) => (
              <Table.Tr key={key}>
                {runs.length > 1 ? (
                  <Table.Td>
                    <Checkbox
                      aria-label={`Compare the run of ${localTime(at)}`}
                      checked={chosen.includes(key)}
                      onChange={() => choose(key)}
                    />
                  </Table.Td>
                ) : null}
                <Table.Td>
                  {key === shown ? (
                    <>
                      <Time at={at} /> (this one)
                    </>
                  ) : (
                    <Anchor component={Link} href={`/results/${encodeURIComponent(key)}`}>
                      <Time at={at} />
                    </Anchor>
                  )}
                </Table.Td>
                <Table.Td className="number">{document ? count(document.result.total_mentions) : "…"}</Table.Td>
                <Table.Td className="number">{document ? count(document.result.unique_users) : "…"}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      {runs.length > 1 ? (
        <div>
          <Button
            variant="default"
            disabled={!one || !other}
            onClick={() => go(`/compare/${encodeURIComponent(one ?? "")}/${encodeURIComponent(other ?? "")}`)}
          >
            Compare the two that are chosen
          </Button>
        </div>
      ) : null}
    </>
  );
}
