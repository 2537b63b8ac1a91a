/** The drawn charts: loaded when a page with one is opened. Each has its figures as a table beside it. */
import "@mantine/charts/styles.css";

import { DonutChart, LineChart } from "@mantine/charts";
import { Box, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import type { Answer, SentimentCounts } from "../../api/rest";
import { count, percent, words } from "../../ui/format";
import { Scroll } from "../../ui/scroll";

const COLOURS = [
  "var(--chart-1)",
  "var(--chart-2)",
  "var(--chart-3)",
  "var(--chart-4)",
  "var(--chart-5)",
  "var(--chart-6)",
];

export interface Point {
  /** What stands below it. */
  name: string;
  /** One figure for each line. */
  values: Record<string, number>;
  note?: string;
}

/** Lines over time. */
export default function Lines({
  label,
  points,
  lines,
  height = 240,
}: {
  label: string;
  points: Point[];
  lines: string[];
  height?: number;
}) {
  const data = points.map(({ name, values }) => ({ name, ...values }));
  const series = lines.map((name, index) => ({ name, color: COLOURS[index % COLOURS.length] ?? "var(--chart-1)" }));
  return (
    <Stack gap="xs">
      <Box role="img" aria-label={`${label}: a chart; its figures are in the table below`}>
        <LineChart
          h={height}
          data={data}
          dataKey="name"
          series={series}
          curveType="linear"
          withLegend={lines.length > 1}
          withDots={points.length < 40}
          valueFormatter={count}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </Box>
      <details>
        <summary>The figures as a table</summary>
        <Scroll minWidth={280}>
          <Table aria-label={label}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                {lines.map((line) => (
                  <Table.Th key={line} className="number">
                    {line}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {points.map((point, index) => (
                <Table.Tr key={`${point.name} ${index}`}>
                  <Table.Td>
                    {point.name}
                    {point.note ? ` (${point.note})` : ""}
                  </Table.Td>
                  {lines.map((line) => (
                    <Table.Td key={line} className="number">
                      {count(point.values[line] ?? 0)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      </details>
    </Stack>
  );
}

type Feeling = "positive" | "neutral" | "negative" | "unknown";
const FEELINGS: { feeling: Feeling; colour: string }[] = [
  { feeling: "positive", colour: "var(--chart-2)" },
  { feeling: "neutral", colour: "var(--chart-5)" },
  { feeling: "negative", colour: "var(--chart-3)" },
  { feeling: "unknown", colour: "var(--line)" },
];

/** The donut of sentiment; a segment, pointed at or chosen, shows its count and examples. */
export function SentimentDonut({
  counts,
  examples,
}: {
  counts: SentimentCounts;
  examples?: NonNullable<Answer["sentiment"]>["examples"];
}) {
  const [chosen, setChosen] = useState<Feeling>("positive");
  const all = FEELINGS.map(({ feeling, colour }) => ({
    name: words(feeling),
    feeling,
    value: counts[`${feeling}_count`],
    color: colour,
  }));
  const segments = all.filter(({ value }) => value > 0);
  const total = Math.max(
    1,
    all.reduce((sum, { value }) => sum + value, 0),
  );
  const shown = all.find(({ feeling }) => feeling === chosen);
  const texts = chosen === "unknown" ? [] : (examples?.[chosen] ?? []);
  return (
    <Group align="flex-start" gap="xl">
      <Box aria-hidden onMouseOver={(event) => chooseAt(event.target, segments, setChosen)}>
        <DonutChart
          data={segments}
          size={170}
          thickness={26}
          withTooltip={false}
          pieChartProps={{ accessibilityLayer: false }}
          pieProps={{ rootTabIndex: -1 }}
          chartLabel={`${count(counts.n)} judged`}
        />
      </Box>
      <Stack gap="xs" style={{ flex: "1 1 260px", minWidth: 0 }}>
        <Group gap={6} role="group" aria-label="Sentiment">
          {all.map(({ name, feeling, value, color }) => (
            <Button
              key={feeling}
              size="compact-sm"
              variant="default"
              aria-pressed={feeling === chosen}
              onMouseEnter={() => setChosen(feeling)}
              onFocus={() => setChosen(feeling)}
              onClick={() => setChosen(feeling)}
              leftSection={<span aria-hidden style={{ width: 10, height: 10, borderRadius: 5, background: color }} />}
            >
              {`${name} ${count(value)} (${percent(value / total)})`}
            </Button>
          ))}
        </Group>
        <div aria-live="polite">
          <Text fw={600}>{`${shown?.name}: ${count(shown?.value ?? 0)} posts`}</Text>
          {texts.length > 0 ? (
            texts.map((text) => (
              <Text key={text} component="blockquote" size="sm" m={0} mt={6} style={{ overflowWrap: "anywhere" }}>
                “{text}”
              </Text>
            ))
          ) : (
            <Text size="sm" c="dimmed">
              {chosen === "unknown"
                ? "Not English, or not enough text to tell; they are in no score."
                : "There are no examples."}
            </Text>
          )}
        </div>
      </Stack>
    </Group>
  );
}

/** Segments are drawn in order: the one that is pointed at is known by its place among them. */
function chooseAt(target: EventTarget, segments: { feeling: Feeling }[], choose: (feeling: Feeling) => void): void {
  const sector = target instanceof Element ? target.closest(".recharts-pie-sector") : null;
  const index = sector
    ? [...(sector.parentElement?.querySelectorAll(".recharts-pie-sector") ?? [])].indexOf(sector)
    : -1;
  const found = segments[index];
  if (found) choose(found.feeling);
}
