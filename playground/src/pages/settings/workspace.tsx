/** What the workspace is called, the zone its days are meant in, and whether it keeps what jobs collect. */
import { Button, Group, Select, Stack, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";

import { useChange, useData } from "../../api/data";
import type { WorkspaceSettingsQuery } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { Copy } from "../../ui/copy";
import { notice } from "../../ui/notice";
import { Section } from "../../ui/page";
import { Empty, Shown, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { UPDATE_WORKSPACE, WORKSPACE_SETTINGS } from "./documents";
import { Facts } from "./facts";
import { fieldError, otherError } from "./fields";

type Workspace = NonNullable<WorkspaceSettingsQuery["workspace"]>;

/** So many zones are listed at once; the rest is found by typing. */
const LISTED = 60;

export function WorkspaceSettings() {
  const query = useData(WORKSPACE_SETTINGS, {});
  return (
    <Shown query={query} what="the workspace">
      {({ workspace }) => (workspace ? <Content workspace={workspace} /> : <Empty title="There is no workspace" />)}
    </Shown>
  );
}

function Content({ workspace }: { workspace: Workspace }) {
  return (
    <Stack>
      <Section title="General">
        <Form workspace={workspace} />
      </Section>
      <Section title="Identity">
        <Stack align="flex-start">
          <Facts
            of={[
              ["Id", workspace.id],
              ["Created", <Time key="created" at={workspace.createdAt} />],
              ["Public key", <code key="key">{workspace.webhookPublicKey}</code>],
            ]}
          />
          <Copy text={workspace.webhookPublicKey} size="sm">
            Copy the public key
          </Copy>
        </Stack>
      </Section>
    </Stack>
  );
}

function Form({ workspace }: { workspace: Workspace }) {
  const [name, setName] = useState(workspace.name);
  const [timezone, setTimezone] = useState(workspace.timezone);
  const [keepDocuments, setKeep] = useState(workspace.keepDocuments);
  const zones = useMemo(
    () => [...new Set([workspace.timezone, "UTC", ...Intl.supportedValuesOf("timeZone")])],
    [workspace.timezone],
  );
  const update = useChange(UPDATE_WORKSPACE, { pick: (data) => accepted(data.updateWorkspace) });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await update.mutateAsync({ input: { name: name.trim(), timezone, keepDocuments } });
    notice("Workspace saved", "Queries that were saved before keep their time zone.");
  };
  return (
    <form onSubmit={(event) => void submit(event).catch(() => {})} aria-label="Workspace">
      <Stack>
        <TextInput
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldError(update.error, "name")}
        />
        <Select
          label="Time zone"
          description="Days and weeks are meant in it, unless a query says otherwise."
          data={zones}
          limit={LISTED}
          searchable
          allowDeselect={false}
          nothingFoundMessage="There is no such time zone"
          value={timezone}
          onChange={(zone) => zone && setTimezone(zone)}
          error={fieldError(update.error, "timezone")}
        />
        <Switch
          label="Keep what jobs collect"
          description="For as long as their results. Then a result can be computed again, and a run can tell what is new since the one before."
          checked={keepDocuments}
          onChange={(event) => setKeep(event.currentTarget.checked)}
        />
        <Trouble error={otherError(update.error, ["name", "timezone"])} />
        <Group>
          <Button type="submit" loading={update.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
