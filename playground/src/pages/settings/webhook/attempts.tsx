/** Every attempt of one delivery, and what the receiver answered. */
import { Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";

import { useData } from "../../../api/data";
import type { DeliveryAttemptsQuery, DeliveryRowFragment } from "../../../api/generated/graphql";
import { duration } from "../../../ui/format";
import { State } from "../../../ui/state";
import { Empty, Shown, Trouble } from "../../../ui/states";
import { Time } from "../../../ui/time";
import { Facts } from "../facts";
import { usePolling } from "../poll";
import { DELIVERY_ATTEMPTS } from "./documents";

type Delivery = Extract<NonNullable<DeliveryAttemptsQuery["node"]>, { attempts: unknown }>;
type Attempt = Delivery["attempts"][number];

interface Props {
  /** The delivery that is shown; none when closed. */
  id: string | null;
  onClose: () => void;
  onResend: (id: string) => void;
  isResending: boolean;
  error: unknown;
}

const WAIT = 2000;

export function AttemptsDrawer({ id, onClose, ...rest }: Props) {
  // While it slides away, it shows what it has shown.
  const [last, setLast] = useState(id);
  useEffect(() => void (id && setLast(id)), [id]);
  const shown = id ?? last;
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title="Delivery"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {shown ? <Content id={shown} {...rest} /> : null}
    </Drawer>
  );
}

function Content({ id, onResend, isResending, error }: Omit<Props, "id" | "onClose"> & { id: string }) {
  const query = useData(DELIVERY_ATTEMPTS, { id });
  const node = query.data?.node;
  usePolling(Boolean(node && "status" in node && node.status === "PENDING"), WAIT, query.refetch);
  return (
    <Shown query={query} what="the delivery">
      {({ node: delivery }) => {
        if (!delivery || !("attempts" in delivery))
          return <Empty title="It is gone">Deliveries are deleted as the retention policy says.</Empty>;
        return (
          <Stack>
            <Facts
              of={[
                ["Event", eventName(delivery)],
                ["Status", <State key="status" of={delivery.status} />],
                ["To", delivery.target],
                ["Created", <Time key="created" at={delivery.createdAt} />],
                ["Next attempt", <Time key="next" at={delivery.nextAttemptAt} />],
                ["Ended", <Time key="ended" at={delivery.completedAt} />],
              ]}
            />
            {delivery.status === "PENDING" ? null : (
              <Group>
                <Button size="sm" loading={isResending} onClick={() => onResend(id)}>
                  Resend
                </Button>
              </Group>
            )}
            <Trouble error={error} />
            <Title order={3} size="h5">
              Attempts
            </Title>
            {delivery.attempts.length === 0 ? <Text c="dimmed">None yet.</Text> : null}
            <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none" }} aria-label="Attempts">
              {delivery.attempts.map((attempt) => (
                <AttemptCard key={`${attempt.number} ${attempt.at}`} attempt={attempt} />
              ))}
            </Stack>
          </Stack>
        );
      }}
    </Shown>
  );
}

function AttemptCard({ attempt }: { attempt: Attempt }) {
  const { number, at, durationMs, firstByteMs, statusCode, error, responseExcerpt } = attempt;
  return (
    <li className="card">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text fw={600}>Attempt {number}</Text>
          <State of={error ? "FAILED" : "SUCCEEDED"} label={error ? "Failed" : "Acknowledged"} />
        </Group>
        <Facts
          of={[
            ["Time", <Time key="at" at={at} />],
            ["Duration", duration(durationMs)],
            ["First byte", firstByteMs === null ? "–" : duration(firstByteMs)],
            ["Status code", statusCode ?? "No answer"],
            ...(error ? [["Error", error] as [string, string]] : []),
          ]}
        />
        {responseExcerpt ? (
          <pre className="code" tabIndex={0} aria-label={`Answer to attempt ${number}`} style={{ maxHeight: 240 }}>
            {responseExcerpt}
          </pre>
        ) : null}
      </Stack>
    </li>
  );
}

/** A test is not in the log: it has no event. */
export function eventName({ event }: Pick<DeliveryRowFragment, "event">): string {
  return event?.type ?? "Test";
}
