/** How the figures came about: how the question was read, what was read, and what was left after each step. */
import { Group, List, Stack, Table, Text } from "@mantine/core";

import type { ResultDocument } from "../../../api/rest";
import { count } from "../../../ui/format";
import { Section } from "../../../ui/page";
import { Scroll } from "../../../ui/scroll";
import { State } from "../../../ui/state";
import { Time } from "../../../ui/time";
import { ReadingShown } from "../../ask/reading";
import { explain } from "./figures";

export function Understood({ document }: { document: ResultDocument }) {
  const { kind, version } = document.reader;
  return (
    <Section title="How the question was understood" aside={<Text size="sm">{`read by ${kind} ${version}`}</Text>}>
      <ReadingShown reading={document.reading} />
      {document.assumptions.length > 0 ? (
        <List size="sm" mt="sm">
          {document.assumptions.map((text) => (
            <List.Item key={text}>{text}</List.Item>
          ))}
        </List>
      ) : null}
    </Section>
  );
}

export function Covered({ document }: { document: ResultDocument }) {
  return (
    <Section title="What was covered">
      <Scroll minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Source</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>In words</Table.Th>
              <Table.Th>Posts from</Table.Th>
              <Table.Th>to</Table.Th>
              <Table.Th className="number">Requests</Table.Th>
              <Table.Th className="number">Says it has</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(document.coverage).map(([source, coverage]) => (
              <Table.Tr key={source}>
                <Table.Td>
                  {source}
                  {coverage.dataset_version ? ` (version ${coverage.dataset_version})` : ""}
                  {coverage.backend ? `, by ${coverage.backend}` : ""}
                </Table.Td>
                <Table.Td>
                  <State of={coverage.status} />
                </Table.Td>
                <Table.Td>
                  {coverage.reason ?? explain(coverage.status)}
                  {coverage.gone ? ` ${count(coverage.gone)} posts of the run before are gone.` : ""}
                </Table.Td>
                <Table.Td>
                  <Time at={coverage.covered?.from} />
                </Table.Td>
                <Table.Td>
                  <Time at={coverage.covered?.to} />
                </Table.Td>
                <Table.Td className="number">{count(coverage.requests)}</Table.Td>
                <Table.Td className="number">
                  {coverage.upstream_total === null ? "–" : count(coverage.upstream_total)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Section>
  );
}

export function FunnelShown({ document }: { document: ResultDocument }) {
  const { collected, in_window, matched, deduplicated } = document.funnel;
  const steps = [
    { value: collected, text: "posts were read" },
    { value: in_window, text: "of them are of the time asked about" },
    { value: matched, text: "of these match the question" },
    { value: deduplicated, text: "are left when each is counted once: these are the mentions" },
  ];
  return (
    <Section title="From what was read to what was counted">
      <Stack gap={8} component="ol" m={0} pl={0} style={{ listStyle: "none" }}>
        {steps.map(({ value, text }) => (
          <li key={text}>
            <Group gap="sm" wrap="nowrap">
              <Text fw={700} miw={64} className="number">
                {count(value)}
              </Text>
              <div style={{ flex: 1 }}>
                <Text size="sm">{text}</Text>
                <div
                  aria-hidden
                  style={{
                    width: `${(100 * value) / Math.max(1, collected)}%`,
                    minWidth: 2,
                    height: 6,
                    borderRadius: 3,
                    background: "var(--chart-1)",
                  }}
                />
              </div>
            </Group>
          </li>
        ))}
      </Stack>
    </Section>
  );
}
