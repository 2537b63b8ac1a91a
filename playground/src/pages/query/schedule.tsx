/** When a question runs by itself, and changing that. */
import { Anchor, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { Link } from "wouter";

import { useChange } from "../../api/data";
import { accepted } from "../../api/request";
import { useMay } from "../../shell/session";
import { ConfirmButton } from "../../ui/confirm";
import { words } from "../../ui/format";
import { Section } from "../../ui/page";
import { Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { ScheduleFields, type Timing, toSchedule } from "../ask/schedule";
import { SCHEDULE_QUERY, UNSCHEDULE_QUERY } from "./documents";
import type { Kept } from "./page";

export function ScheduleSection({ kept }: { kept: Kept }) {
  const mayWrite = useMay("write");
  const { schedule } = kept;
  return (
    <Section
      title="Schedule"
      aside={
        mayWrite ? (
          <Group gap="xs">
            <ChangeSchedule kept={kept} />
            {schedule ? <Unschedule queryId={kept.id} /> : null}
          </Group>
        ) : null
      }
    >
      {schedule ? (
        <Stack gap={4}>
          <Text>
            <code>{schedule.cron}</code> in {schedule.timezone}; next{" "}
            <Time at={schedule.nextRunAt} none={schedule.pausedAt ? "when it is resumed" : "never"} />
          </Text>
          {schedule.stoppedByJob ? (
            <Text size="sm">
              A run failed and stopped it:{" "}
              <Anchor component={Link} href={`/jobs/${schedule.stoppedByJob.id}`}>
                see the run
              </Anchor>
              .
            </Text>
          ) : null}
          <Text
            size="sm"
            c="dimmed"
          >{`While a run is not over: ${words(schedule.overlap).toLowerCase()}. Missed: ${words(schedule.catchUp).toLowerCase()}. After a failure: ${words(schedule.onFailure).toLowerCase()}.`}</Text>
        </Stack>
      ) : (
        <Text c="dimmed">It runs when somebody asks for it.</Text>
      )}
    </Section>
  );
}

function ChangeSchedule({ kept }: { kept: Kept }) {
  const [isOpen, dialog] = useDisclosure(false);
  const change = useChange(SCHEDULE_QUERY, { pick: (data) => accepted(data.scheduleQuery) });
  const { schedule } = kept;
  const [timing, setTiming] = useState<Timing>({
    kind: schedule ? "cron" : "DAILY",
    cron: schedule?.cron ?? "",
    timezone: schedule?.timezone ?? kept.timezone,
  });
  const save = () =>
    change.mutate({ queryId: kept.id, schedule: toSchedule(timing) ?? {} }, { onSuccess: dialog.close });
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={dialog.open}>
        {schedule ? "Change the schedule" : "Schedule it"}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title="Schedule" size="lg">
        <Stack>
          <ScheduleFields timing={timing} onChange={setTiming} isSaved />
          <Trouble error={change.error} title="The schedule was not changed" />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              Leave it
            </Button>
            <Button loading={change.isPending} onClick={save}>
              Save the schedule
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function Unschedule({ queryId }: { queryId: string }) {
  const remove = useChange(UNSCHEDULE_QUERY, { pick: (data) => accepted(data.unscheduleQuery) });
  return (
    <ConfirmButton
      size="compact-sm"
      title="Take the schedule away?"
      explains="It then runs only when somebody asks for it. Runs that were made stay."
      confirm="Take it away"
      onConfirm={() => remove.mutateAsync({ queryId })}
      isWaiting={remove.isPending}
      error={remove.error}
    >
      Unschedule
    </ConfirmButton>
  );
}
