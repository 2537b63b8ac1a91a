/** The figures that every answer has, large; and whether they are all there is. */
import { Alert, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import type { ResultDocument } from "../../../api/rest";
import { Figure } from "../../../ui/figure";
import { count, percent, utcTime } from "../../../ui/format";

export function Figures({ document }: { document: ResultDocument }) {
  const { result } = document;
  const pct = result.changes?.pct?.mentions;
  return (
    <Group gap="xl" align="flex-start">
      {result.found === undefined ? null : (
        <Figure
          name="Is there any?"
          value={result.found ? "Yes" : "No"}
          note={result.first_seen ? `first seen ${utcTime(result.first_seen)}` : undefined}
        />
      )}
      <Figure
        name="Total Mentions"
        value={count(result.total_mentions)}
        note={result.reposts > 0 ? `${count(result.reposts)} of them reposts` : undefined}
      />
      <Figure
        name="Unique Users"
        value={count(result.unique_users)}
        note={result.unknown_authors > 0 ? `${count(result.unknown_authors)} posts name no author` : undefined}
      />
      {result.new_users === undefined ? null : (
        <Figure name="New Users" value={count(result.new_users)} note="not among those of the run before" />
      )}
      {result.changes ? (
        <Figure
          name="Change"
          value={signed(result.changes.delta?.mentions)}
          note={
            pct == null ? "against the time before" : `${pct > 0 ? "+" : ""}${percent(pct)} against the time before`
          }
        />
      ) : null}
    </Group>
  );
}

function signed(value: number | undefined | null): string {
  if (value == null) return "–";
  return value > 0 ? `+${count(value)}` : count(value);
}

/** Says that there may be more than what was counted, and why. */
export function Incomplete({ document }: { document: ResultDocument }) {
  const short = Object.entries(document.coverage).filter(([, { status }]) => status !== "complete");
  if (short.length === 0) return null;
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title="There may be more than what was counted"
    >
      {short.map(([source, coverage]) => (
        <Text key={source} size="sm" c="var(--mantine-color-text)">
          {source}: {coverage.reason ?? explain(coverage.status)}
        </Text>
      ))}
    </Alert>
  );
}

/** What a coverage means, in plain words. */
export function explain(status: string): string {
  const plain: Record<string, string> = {
    complete: "Everything that was asked for was read.",
    truncated: "A budget was reached before everything was read.",
    partial: "Only a part of what was asked for could be read.",
    unsupported: "It cannot answer such a question.",
    auth_missing: "It is not configured on this server.",
    rate_limited: "It refused to answer more for now.",
    error: "It failed.",
  };
  return plain[status] ?? status;
}
