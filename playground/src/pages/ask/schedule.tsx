/** When a question runs: once, by a preset, or by a cron expression, with the next fire times of it. */
import { List, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";

import { useData } from "../../api/data";
import type { ScheduleInput, ScheduleInterval } from "../../api/generated/graphql";
import { Choice } from "../../ui/choice";
import { localTime, timeIn } from "../../ui/format";
import { Trouble, Waiting } from "../../ui/states";
import { FIRES } from "./documents";

export interface Timing {
  kind: "once" | ScheduleInterval | "cron";
  cron: string;
  timezone: string;
}

const KINDS: Record<Timing["kind"], string> = {
  once: "Once, now",
  EVERY_HOUR: "Every hour",
  EVERY_6_HOURS: "Every 6 hours",
  EVERY_12_HOURS: "Every 12 hours",
  DAILY: "Daily",
  cron: "Cron",
};

export const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone")].filter(
  (zone, index, all) => all.indexOf(zone) === index,
);

/** What the server is told; nothing for a question that runs once. */
export function toSchedule(timing: Timing): ScheduleInput | undefined {
  if (timing.kind === "once") return undefined;
  const when = timing.kind === "cron" ? { cron: timing.cron.trim() } : { interval: timing.kind };
  return { ...when, timezone: timing.timezone };
}

interface Props {
  timing: Timing;
  onChange: (timing: Timing) => void;
  /** For a question that is there already, running it once is no schedule. */
  isSaved?: boolean;
}

export function ScheduleFields({ timing, onChange, isSaved }: Props) {
  const kinds = isSaved ? (({ once: _, ...rest }) => rest)(KINDS) : KINDS;
  return (
    <Stack gap="sm">
      <Choice
        label="When it runs"
        value={timing.kind}
        choices={kinds as typeof KINDS}
        onChange={(kind) => onChange({ ...timing, kind })}
      />
      {timing.kind === "cron" ? (
        <TextInput
          label="Cron expression"
          description="Minute, hour, day of the month, month, day of the week: 0 9 * * 1-5 is 9:00 on working days."
          placeholder="0 9 * * 1-5"
          value={timing.cron}
          onChange={(event) => onChange({ ...timing, cron: event.currentTarget.value })}
          maw={420}
        />
      ) : null}
      {timing.kind === "once" ? null : (
        <>
          <Select
            label="Time zone of the schedule"
            data={ZONES}
            searchable
            allowDeselect={false}
            value={timing.timezone}
            onChange={(timezone) => timezone && onChange({ ...timing, timezone })}
            maw={320}
          />
          <FireTimes timing={timing} />
        </>
      )}
    </Stack>
  );
}

export function FireTimes({ timing }: { timing: Timing }) {
  const [settled] = useDebouncedValue(timing, 300);
  const schedule = toSchedule(settled);
  const isWritten = schedule !== undefined && (settled.kind !== "cron" || settled.cron.trim() !== "");
  const fires = useData(FIRES, { schedule: schedule ?? {} }, { enabled: isWritten, keepPrevious: true });
  if (!isWritten) return null;
  if (fires.error) return <Trouble title="This schedule cannot be used" error={fires.error} />;
  if (!fires.data) return <Waiting what="Asking for the next fire times" />;
  return (
    <div>
      <Text size="sm" fw={600}>{`The next ${fires.data.previewSchedule.length} times`}</Text>
      <List size="sm" aria-label="Next fire times">
        {fires.data.previewSchedule.map((at) => (
          <List.Item key={at}>
            <time dateTime={at}>{timeIn(at, settled.timezone)}</time>
            <Text span size="sm" c="dimmed">{` (here ${localTime(at)})`}</Text>
          </List.Item>
        ))}
      </List>
    </div>
  );
}
