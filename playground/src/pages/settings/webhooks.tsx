/** The registered receivers of events, and what their deliveries are signed with. */
import { Alert, Anchor, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { Link } from "wouter";

import { PAGE, useChange, useData, usePages } from "../../api/data";
import type { EndpointShownFragment } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { Copy } from "../../ui/copy";
import { Section } from "../../ui/page";
import { SecretOnce } from "../../ui/secret";
import { State } from "../../ui/state";
import { Empty, Loading, Shown, Trouble } from "../../ui/states";
import { CREATE_WEBHOOK, ROTATE_SIGNING_SECRET, SIGNING_KEY, WEBHOOKS } from "./webhook/documents";
import { type EndpointFields, EndpointForm } from "./webhook/form";
import { RotateSecret } from "./webhook/rotate";

export function Webhooks() {
  const pages = usePages(WEBHOOKS, { first: PAGE }, (data) => data.webhookEndpoints);
  const add = <AddEndpoint />;
  return (
    <Stack>
      {pages.data ? <Group>{add}</Group> : null}
      {pages.data ? (
        <Endpoints items={pages.items} />
      ) : pages.error ? (
        <Trouble title="Could not load the webhooks" error={pages.error} onRetry={() => void pages.refetch()} />
      ) : (
        <Loading what="the webhooks" />
      )}
      {pages.hasNextPage ? (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
      <Signing />
    </Stack>
  );
}

function Endpoints({ items }: { items: EndpointShownFragment[] }) {
  if (items.length === 0)
    return <Empty title="No webhook yet">An endpoint is told as soon as something happens that it asked for.</Empty>;
  return (
    <Stack component="ul" gap="xs" m={0} p={0} aria-label="Webhook endpoints" style={{ listStyle: "none" }}>
      {items.map(({ id, url, events, state, warning, disabledReason }) => (
        <li key={id} className="card">
          <Group justify="space-between" gap="xs">
            <Anchor component={Link} href={`/settings/webhooks/${id}`} style={{ overflowWrap: "anywhere" }}>
              {url}
            </Anchor>
            <State of={state} />
          </Group>
          <Text size="sm" c="dimmed">
            {events.join(", ")}
          </Text>
          <Warning text={state === "DISABLED" ? disabledReason : warning} />
        </li>
      ))}
    </Stack>
  );
}

export function Warning({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <Alert color="yellow" variant="light" mt="xs" p="xs">
      <Text size="sm" c="var(--mantine-color-text)" style={{ overflowWrap: "anywhere" }}>
        {text}
      </Text>
    </Alert>
  );
}

function AddEndpoint() {
  const [isOpen, dialog] = useDisclosure(false);
  const [secret, setSecret] = useState<string | null>(null);
  const create = useChange(CREATE_WEBHOOK, { pick: (data) => accepted(data.createWebhookEndpoint) });
  const open = () => {
    create.reset();
    dialog.open();
  };
  const send = async (input: EndpointFields) => {
    const made = await create.mutateAsync({ input });
    dialog.close();
    setSecret(made.secret);
  };
  return (
    <>
      <Button size="sm" onClick={open}>
        Add endpoint
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title="Add an endpoint"
        centered
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <EndpointForm
          label="Add"
          isWaiting={create.isPending}
          error={create.error}
          onSend={(input) => void send(input).catch(() => {})}
          onCancel={dialog.close}
        />
      </Modal>
      <SecretOnce
        title="The endpoint’s secret"
        secret={secret}
        onClose={() => setSecret(null)}
        note="Deliveries to this endpoint are signed with it. Give it to the receiver; it is not shown again."
      />
    </>
  );
}

/** What goes to the addresses of queries has one secret; every signature can also be checked with the public key. */
function Signing() {
  const query = useData(SIGNING_KEY, {});
  const rotate = useChange(ROTATE_SIGNING_SECRET, { pick: (data) => accepted(data.rotateSigningSecret) });
  return (
    <Section title="Signatures">
      <Shown query={query} what="the public key">
        {({ workspace }) => (
          <Stack align="flex-start">
            <Text>
              Every delivery also carries a <code>v1a</code> signature. It is checked with this public key of the
              workspace:
            </Text>
            <pre className="code" tabIndex={0} aria-label="Public key" style={{ maxWidth: "100%" }}>
              {workspace?.webhookPublicKey}
            </pre>
            <Text>What goes to the addresses of queries is signed with the secret of the workspace.</Text>
            <Group gap="xs">
              <Copy text={workspace?.webhookPublicKey ?? ""} size="sm">
                Copy the public key
              </Copy>
              <RotateSecret
                explains="The workspace gets another secret, which signs what goes to the addresses of its queries."
                onRotate={(overlapHours) => rotate.mutateAsync({ overlapHours }).then(({ secret }) => secret)}
                isWaiting={rotate.isPending}
                error={rotate.error}
              >
                Rotate the signing secret
              </RotateSecret>
            </Group>
          </Stack>
        )}
      </Shown>
    </Section>
  );
}
