/** What can be done with an endpoint. */
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";

import { useChange } from "../../../api/data";
import type { EndpointShownFragment } from "../../../api/generated/graphql";
import { accepted, Failure } from "../../../api/request";
import { ConfirmButton } from "../../../ui/confirm";
import { count } from "../../../ui/format";
import { notice } from "../../../ui/notice";
import { Trouble } from "../../../ui/states";
import { instant } from "../fields";
import { DELETE_WEBHOOK, RECOVER_DELIVERIES, ROTATE_WEBHOOK_SECRET, TEST_WEBHOOK, UPDATE_WEBHOOK } from "./documents";
import { EndpointForm } from "./form";
import { RotateSecret } from "./rotate";

export function Actions({ endpoint }: { endpoint: EndpointShownFragment }) {
  const { id, url } = endpoint;
  const [, go] = useLocation();
  const test = useChange(TEST_WEBHOOK, { pick: (data) => accepted(data.testWebhookEndpoint) });
  const rotate = useChange(ROTATE_WEBHOOK_SECRET, { pick: (data) => accepted(data.rotateWebhookSecret) });
  const remove = useChange(DELETE_WEBHOOK, {
    pick: (data) => accepted(data.deleteWebhookEndpoint),
    gone: (deleted) => [deleted.id],
  });
  const send = async () => {
    await test.mutateAsync({ id });
    notice("Test sent", "What comes of it is shown among the deliveries.");
  };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button size="sm" loading={test.isPending} onClick={() => void send().catch(() => {})}>
          Send a test
        </Button>
        <Edit endpoint={endpoint} />
        <RotateSecret
          explains="The endpoint gets another secret. Give it to the receiver before the overlap is over."
          onRotate={(overlapHours) => rotate.mutateAsync({ id, overlapHours }).then(({ secret }) => secret)}
          isWaiting={rotate.isPending}
          error={rotate.error}
        >
          Rotate the secret
        </RotateSecret>
        <Recover id={id} isDisabled={endpoint.state === "DISABLED"} />
        <ConfirmButton
          size="sm"
          title="Delete this endpoint?"
          explains={`Nothing more is sent to ${url}. What waits for it is not sent any more.`}
          onConfirm={() => remove.mutateAsync({ id }).then(() => go("/settings/webhooks"))}
          isWaiting={remove.isPending}
          error={remove.error}
        >
          Delete
        </ConfirmButton>
      </Group>
      <Trouble error={test.error} />
      <Switching endpoint={endpoint} />
    </Stack>
  );
}

/** One that was disabled is enabled after a test that it acknowledged; the server says so. */
function Switching({ endpoint: { id, state } }: { endpoint: EndpointShownFragment }) {
  const change = useChange(UPDATE_WEBHOOK, { pick: (data) => accepted(data.updateWebhookEndpoint) });
  const next = state === "ENABLED" ? "DISABLED" : "ENABLED";
  const needsTest = change.error instanceof Failure && change.error.code === "TEST_REQUIRED";
  return (
    <>
      <Group gap="xs">
        <Button
          size="sm"
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ input: { webhookEndpointId: id, state: next } })}
        >
          {state === "ENABLED" ? "Disable" : "Enable"}
        </Button>
        {needsTest ? (
          <Button
            size="sm"
            variant="default"
            disabled={change.isPending}
            onClick={() => change.mutate({ input: { webhookEndpointId: id, state: "ENABLED", force: true } })}
          >
            Enable without a test
          </Button>
        ) : null}
      </Group>
      <Trouble title={needsTest ? "It needs a test first" : undefined} error={change.error} />
    </>
  );
}

function Edit({ endpoint }: { endpoint: EndpointShownFragment }) {
  const [isOpen, dialog] = useDisclosure(false);
  const change = useChange(UPDATE_WEBHOOK, { pick: (data) => accepted(data.updateWebhookEndpoint) });
  const open = () => {
    change.reset();
    dialog.open();
  };
  return (
    <>
      <Button size="sm" variant="default" onClick={open}>
        Edit
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title="Edit the endpoint"
        centered
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <EndpointForm
          endpoint={endpoint}
          label="Save"
          isWaiting={change.isPending}
          error={change.error}
          onSend={(fields) =>
            change.mutate({ input: { webhookEndpointId: endpoint.id, ...fields } }, { onSuccess: dialog.close })
          }
          onCancel={dialog.close}
        />
      </Modal>
    </>
  );
}

function Recover({ id, isDisabled }: { id: string; isDisabled: boolean }) {
  const [isOpen, dialog] = useDisclosure(false);
  const [since, setSince] = useState("");
  const recover = useChange(RECOVER_DELIVERIES, { pick: (data) => accepted(data.recoverDeliveries) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const at = instant(since);
    if (at) recover.mutate({ id, since: at });
  };
  const open = () => {
    recover.reset();
    dialog.open();
  };
  return (
    <>
      <Button size="sm" variant="default" onClick={open}>
        Recover
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title="Send again what was missed"
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <form onSubmit={submit}>
          <Stack>
            <Text>What failed or was skipped is sent again, the oldest first.</Text>
            {isDisabled ? <Text>The endpoint is disabled: enable it first.</Text> : null}
            <TextInput
              label="Recover since"
              description="In your own time zone."
              type="datetime-local"
              required
              data-autofocus
              value={since}
              onChange={(event) => setSince(event.currentTarget.value)}
            />
            <div role="status">{recover.data ? <Text>{recovered(recover.data)}</Text> : null}</div>
            <Trouble error={recover.error} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={dialog.close}>
                Close
              </Button>
              <Button type="submit" loading={recover.isPending}>
                Send again
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function recovered({ recovered: number, hasMore }: { recovered: number; hasMore: boolean }): string {
  if (number === 0) return "Nothing was missed since then.";
  const what = number === 1 ? "1 delivery is on its way again." : `${count(number)} deliveries are on their way again.`;
  return hasMore ? `${what} There are more: send again.` : what;
}
