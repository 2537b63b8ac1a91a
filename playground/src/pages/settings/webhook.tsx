/** One endpoint: what it is at, what can be done with it, and what was sent to it. */
import { Anchor, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { useData } from "../../api/data";
import type { EndpointShownFragment } from "../../api/generated/graphql";
import { Section } from "../../ui/page";
import { State } from "../../ui/state";
import { Empty, Shown } from "../../ui/states";
import { Time } from "../../ui/time";
import { Facts } from "./facts";
import { Actions } from "./webhook/actions";
import { Deliveries } from "./webhook/deliveries";
import { WEBHOOK } from "./webhook/documents";
import { Warning } from "./webhooks";

export function Webhook({ id }: { id: string }) {
  const query = useData(WEBHOOK, { id });
  return (
    <Shown query={query} what="the endpoint">
      {({ node }) =>
        node && "url" in node ? (
          <Stack>
            <About endpoint={node} />
            <Deliveries endpointId={id} />
          </Stack>
        ) : (
          <Empty
            title="There is no such endpoint"
            action={
              <Anchor component={Link} href="/settings/webhooks">
                Go to the webhooks
              </Anchor>
            }
          >
            It may have been deleted.
          </Empty>
        )
      }
    </Shown>
  );
}

function About({ endpoint }: { endpoint: EndpointShownFragment }) {
  const isDisabled = endpoint.state === "DISABLED";
  return (
    <Section title="Endpoint" aside={<State of={endpoint.state} />}>
      <Stack>
        <Facts
          of={[
            ["URL", endpoint.url],
            ["Events", endpoint.events.join(", ")],
            ["Order", endpoint.ordered ? "One after the other" : "As they come"],
            ["Rate limit", endpoint.rateLimitPerSecond ? `${endpoint.rateLimitPerSecond} a second` : "None"],
            ["Failing since", <Time key="failing" at={endpoint.failingSince} none="It is not failing" />],
            ...(isDisabled
              ? [["Disabled", <Time key="disabled" at={endpoint.disabledAt} />] as [string, ReactNode]]
              : []),
            [
              "Secret",
              <span key="secret">
                Ends in {endpoint.secretLast4}
                {endpoint.previousSecretUntil ? (
                  <>
                    ; the one before it signs until <Time at={endpoint.previousSecretUntil} />
                  </>
                ) : null}
              </span>,
            ],
            ["Registered", <Time key="created" at={endpoint.createdAt} />],
          ]}
        />
        {isDisabled ? <Text>Nothing is sent to it. Its events are kept as skipped deliveries.</Text> : null}
        <Warning text={isDisabled ? endpoint.disabledReason : endpoint.warning} />
        <Actions endpoint={endpoint} />
      </Stack>
    </Section>
  );
}
