/** The workspace's API keys: each is shown once, when it is made. */
import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";

import { PAGE, useChange, usePages } from "../../api/data";
import type { ApiKeysQuery, Scope } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { useSession } from "../../shell/session";
import { ConfirmButton } from "../../ui/confirm";
import { type Column, LongList } from "../../ui/list";
import { SecretOnce } from "../../ui/secret";
import { State } from "../../ui/state";
import { Empty, Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { API_KEYS, CREATE_API_KEY, REVOKE_API_KEY } from "./documents";
import { fieldError, instant, otherError } from "./fields";

type Row = NonNullable<ApiKeysQuery["apiKeys"]>["nodes"][number];

const SCOPES: { value: Scope; label: string }[] = [
  { value: "READ", label: "Read: queries, jobs, results, events and sources" },
  { value: "WRITE", label: "Write: also ask, schedule, delete and upload" },
  { value: "ADMIN", label: "Admin: also keys, webhooks, the bucket and the workspace" },
];

export function Keys() {
  return (
    <Stack>
      <Group>
        <CreateKey />
      </Group>
      <KeyTable />
    </Stack>
  );
}

function KeyTable() {
  const pages = usePages(API_KEYS, { first: PAGE }, (data) => data.apiKeys);
  if (pages.error && !pages.data)
    return <Trouble title="Could not load the keys" error={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.data) return <Loading what="the keys" />;
  if (pages.items.length === 0) return <Empty title="No key yet" />;
  const columns: Column<Row>[] = [
    { title: "Name", width: "minmax(80px, 1fr)", cell: ({ name }) => <b>{name}</b> },
    { title: "State", width: "76px", cell: (key) => <State of={stateOf(key)} /> },
    { title: "Scope", width: "48px", cell: ({ scope }) => scope.toLowerCase() },
    { title: "Ends in", width: "60px", cell: ({ last4 }) => <code>{last4}</code> },
    { title: "Created", width: "142px", cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: "Last used", width: "142px", cell: ({ lastUsedAt }) => <Time at={lastUsedAt} none="Never" /> },
    { title: "Expires", width: "142px", cell: ({ expiresAt }) => <Time at={expiresAt} none="Never" /> },
    {
      title: "Revoked",
      width: "142px",
      cell: (key) => (key.revokedAt ? <Time at={key.revokedAt} /> : <Revoke apiKey={key} />),
    },
  ];
  return (
    <LongList
      label="API keys"
      items={pages.items}
      total={pages.total}
      columns={columns}
      id={({ id }) => id}
      minWidth={960}
      heights={[52, 196]}
      more={pages}
    />
  );
}

function stateOf({ revokedAt, expiresAt }: Row): string {
  if (revokedAt) return "REVOKED";
  return expiresAt && new Date(expiresAt) <= new Date() ? "EXPIRED" : "ACTIVE";
}

function Revoke({ apiKey: { id, name } }: { apiKey: Row }) {
  const session = useSession();
  const revoke = useChange(REVOKE_API_KEY, { pick: (data) => accepted(data.revokeApiKey) });
  return (
    <ConfirmButton
      size="xs"
      title="Revoke this key?"
      explains={
        <>
          Whatever uses “{name}” is refused at once, for good.
          {name === session.key
            ? " You are signed in with a key of this name; if it is this one, you are signed out."
            : null}
        </>
      }
      onConfirm={() => revoke.mutateAsync({ id })}
      isWaiting={revoke.isPending}
      error={revoke.error}
      aria-label={`Revoke ${name}`}
      confirm="Revoke"
    >
      Revoke
    </ConfirmButton>
  );
}

function CreateKey() {
  const [isOpen, dialog] = useDisclosure(false);
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("READ");
  const [expires, setExpires] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const create = useChange(CREATE_API_KEY, { pick: (data) => accepted(data.createApiKey) });
  const open = () => {
    create.reset();
    setName("");
    setScope("READ");
    setExpires("");
    dialog.open();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const made = await create.mutateAsync({ input: { name: name.trim(), scope, expiresAt: instant(expires) } });
    dialog.close();
    setSecret(made.secret);
  };
  return (
    <>
      <Button size="sm" onClick={open}>
        Create key
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title="Create a key"
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <form onSubmit={(event) => void submit(event).catch(() => {})}>
          <Stack>
            <TextInput
              label="Name"
              description="What people call it."
              required
              maxLength={100}
              data-autofocus
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={fieldError(create.error, "name")}
            />
            <Select
              label="Scope"
              data={SCOPES}
              value={scope}
              onChange={(value) => setScope((value ?? "READ") as Scope)}
              allowDeselect={false}
            />
            <TextInput
              label="Expires"
              description="In your own time zone. Empty: never."
              type="datetime-local"
              value={expires}
              onChange={(event) => setExpires(event.currentTarget.value)}
              error={fieldError(create.error, "expiresAt")}
            />
            <Trouble error={otherError(create.error, ["name", "expiresAt"])} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={dialog.close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Create
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      <SecretOnce
        title="The new key"
        secret={secret}
        onClose={() => setSecret(null)}
        note="Programs send it as a bearer token, and people sign in with it. It is not shown again."
      />
    </>
  );
}
