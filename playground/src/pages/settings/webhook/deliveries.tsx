/** What was, is or will be sent to an endpoint; it is kept up to date while something is on its way. */
import { Anchor, Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { PAGE, useChange, usePages } from "../../../api/data";
import type { EndpointDeliveriesQuery } from "../../../api/generated/graphql";
import { accepted, idOf } from "../../../api/request";
import { count } from "../../../ui/format";
import { type Column, LongList } from "../../../ui/list";
import { Section } from "../../../ui/page";
import { State } from "../../../ui/state";
import { Loading, Trouble } from "../../../ui/states";
import { Time } from "../../../ui/time";
import { usePolling } from "../poll";
import { AttemptsDrawer, eventName } from "./attempts";
import { ENDPOINT_DELIVERIES, REDELIVER, WEBHOOK } from "./documents";

type Row = NonNullable<EndpointDeliveriesQuery["deliveries"]>["nodes"][number];

const WAIT = 2000;

export function Deliveries({ endpointId }: { endpointId: string }) {
  const cache = useQueryClient();
  const pages = usePages(
    ENDPOINT_DELIVERIES,
    { first: PAGE, filter: { webhookEndpointId: endpointId } },
    (data) => data.deliveries,
  );
  const [shown, setShown] = useState<string | null>(null);
  const resend = useChange(REDELIVER, { pick: (data) => accepted(data.redeliver) });

  const isWaiting = pages.items.some(({ status }) => status === "PENDING");
  usePolling(isWaiting, WAIT, pages.refetch);
  const wasWaiting = useRef(false);
  useEffect(() => {
    // What came of it may have changed the endpoint, as one that failed for long or has acknowledged a test.
    if (wasWaiting.current && !isWaiting) void cache.invalidateQueries({ queryKey: [idOf(WEBHOOK)] });
    wasWaiting.current = isWaiting;
  }, [isWaiting, cache]);

  const columns: Column<Row>[] = [
    {
      title: "Event",
      width: "minmax(120px, 1.4fr)",
      cell: (row) => (
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => setShown(row.id)}
          aria-label={`Attempts of ${eventName(row)}`}
        >
          {eventName(row)}
        </Anchor>
      ),
    },
    { title: "Status", width: "104px", cell: ({ status }) => <State of={status} /> },
    { title: "Created", width: "minmax(140px, 1fr)", cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: "Next attempt", width: "minmax(140px, 1fr)", cell: ({ nextAttemptAt }) => <Time at={nextAttemptAt} /> },
    { title: "Attempts", width: "76px", cell: ({ attempts }) => count(attempts.length) },
    {
      title: "Actions",
      width: "92px",
      isUnlabelled: true,
      cell: (row) =>
        row.status === "PENDING" ? null : (
          <Button
            size="xs"
            variant="default"
            loading={resend.isPending && resend.variables.id === row.id}
            onClick={() => resend.mutate({ id: row.id })}
            aria-label={`Resend ${eventName(row)}`}
          >
            Resend
          </Button>
        ),
    },
  ];
  return (
    <Section title="Deliveries" aside={pages.total === null ? null : <Text c="dimmed">{count(pages.total)}</Text>}>
      {shown ? null : <Trouble error={resend.error} />}
      {pages.data && pages.items.length > 0 ? (
        <LongList
          label="Deliveries"
          items={pages.items}
          total={pages.total}
          columns={columns}
          id={({ id }) => id}
          minWidth={780}
          heights={[52, 136]}
          more={pages}
        />
      ) : pages.data ? (
        <Text c="dimmed">Nothing was sent yet. Send a test to see whether it arrives.</Text>
      ) : pages.error ? (
        <Trouble title="Could not load the deliveries" error={pages.error} onRetry={() => void pages.refetch()} />
      ) : (
        <Loading what="the deliveries" />
      )}
      <AttemptsDrawer
        id={shown}
        onClose={() => setShown(null)}
        onResend={(id) => resend.mutate({ id })}
        isResending={resend.isPending}
        error={resend.error}
      />
    </Section>
  );
}
