/** Two runs side by side: what became more, what became less, and which posts are only in one of them. */
import { Anchor, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ResultDocument, readResult } from "../../api/rest";
import { count, localTime, percent } from "../../ui/format";
import { Page, Section } from "../../ui/page";
import { Scroll } from "../../ui/scroll";
import { Loading, Trouble } from "../../ui/states";
import { Posts } from "./parts/posts";

interface Line {
  name: string;
  before: number;
  after: number;
}

export default function ComparePage({ one, other }: { one: string; other: string }) {
  const [first, second] = useQueries({
    queries: [one, other].map((key) => ({
      queryKey: ["result", key],
      queryFn: () => readResult(key),
      staleTime: Infinity,
    })),
  });
  const error = first?.error ?? second?.error;
  if (error)
    return (
      <Page title="Two runs">
        <Trouble title="Could not load both results" error={error} />
      </Page>
    );
  if (!first?.data || !second?.data)
    return (
      <Page title="Two runs">
        <Loading what="both results" />
      </Page>
    );
  const [before, after] = [first.data, second.data];
  return (
    <Page
      title="Two runs"
      about={before.prompt === after.prompt ? before.prompt : `${before.prompt} / ${after.prompt}`}
    >
      <Stack>
        <Section title="Figures">
          <Lines label="Figures" keys={[one, other]} documents={[before, after]} lines={figures(before, after)} />
        </Section>
        <Section title="By source">
          <Lines
            label="Mentions by source"
            keys={[one, other]}
            documents={[before, after]}
            lines={named(before.result.by_source, after.result.by_source, (value) => value.mentions)}
          />
        </Section>
        {before.result.entities && after.result.entities ? (
          <Section title="Share of voice">
            <Lines
              label="Share of voice"
              keys={[one, other]}
              documents={[before, after]}
              lines={named(byName(before), byName(after), (value) => value.mentions)}
            />
          </Section>
        ) : null}
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Posts title="Only in the first" posts={onlyIn(before, after)} />
          <Posts title="Only in the second" posts={onlyIn(after, before)} />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          Posts are compared as far as the two results keep them.
        </Text>
      </Stack>
    </Page>
  );
}

function figures(before: ResultDocument, after: ResultDocument): Line[] {
  const lines = [
    { name: "Total Mentions", before: before.result.total_mentions, after: after.result.total_mentions },
    { name: "Unique Users", before: before.result.unique_users, after: after.result.unique_users },
    { name: "Reposts", before: before.result.reposts, after: after.result.reposts },
  ];
  const [was, is] = [before.result.sentiment, after.result.sentiment];
  if (!was || !is) return lines;
  for (const feeling of ["positive", "neutral", "negative"] as const)
    lines.push({ name: `${feeling} posts`, before: was[`${feeling}_count`], after: is[`${feeling}_count`] });
  return lines;
}

function byName(document: ResultDocument) {
  return Object.fromEntries((document.result.entities ?? []).map((entity) => [entity.name, entity]));
}

function named<Value>(
  before: Record<string, Value>,
  after: Record<string, Value>,
  of: (value: Value) => number,
): Line[] {
  const value = (from: Record<string, Value>, name: string) => (from[name] === undefined ? 0 : of(from[name]));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => ({
    name,
    before: value(before, name),
    after: value(after, name),
  }));
}

function onlyIn(one: ResultDocument, other: ResultDocument) {
  const there = new Set(other.evidence.map(({ source, id }) => `${source} ${id}`));
  return one.evidence.filter(({ source, id }) => !there.has(`${source} ${id}`));
}

function Lines({
  label,
  keys,
  documents,
  lines,
}: {
  label: string;
  keys: string[];
  documents: ResultDocument[];
  lines: Line[];
}) {
  return (
    <Scroll minWidth={420}>
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What</Table.Th>
            {documents.map((document, index) => (
              <Table.Th key={keys[index]} className="number">
                <Anchor component={Link} href={`/results/${encodeURIComponent(keys[index] ?? "")}`}>
                  {localTime(document.reference_time)}
                </Anchor>
              </Table.Th>
            ))}
            <Table.Th className="number">Change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map(({ name, before, after }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td className="number">{count(before)}</Table.Td>
              <Table.Td className="number">{count(after)}</Table.Td>
              <Table.Td className="number">{change(before, after)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function change(before: number, after: number): string {
  const sign = after > before ? "+" : "";
  const part = before > 0 && after !== before ? ` (${sign}${percent((after - before) / before)})` : "";
  return `${sign}${count(after - before)}${part}`;
}
