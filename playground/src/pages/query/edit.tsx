/** Changes what a question is called, what it asks, and who is told. */
import { Button, Group, Modal, NumberInput, Stack, TextInput, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";

import { useChange } from "../../api/data";
import type { UpdateQueryInput } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { useMay } from "../../shell/session";
import { Trouble } from "../../ui/states";
import { SourceChips } from "../ask/sources";
import { UPDATE_QUERY } from "./documents";
import type { Kept } from "./page";

export function EditQuery({ kept }: { kept: Kept }) {
  const [isOpen, dialog] = useDisclosure(false);
  if (!useMay("write")) return null;
  return (
    <>
      <Button size="sm" variant="default" onClick={dialog.open}>
        Edit
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title="Edit the query" size="lg">
        <Form kept={kept} onDone={dialog.close} />
      </Modal>
    </>
  );
}

function Form({ kept, onDone }: { kept: Kept; onDone: () => void }) {
  const update = useChange(UPDATE_QUERY, { pick: (data) => accepted(data.updateQuery) });
  const [prompt, setPrompt] = useState(kept.prompt);
  const [name, setName] = useState(kept.name ?? "");
  const [sources, setSources] = useState(kept.sources);
  const [limit, setLimit] = useState(kept.limit);
  const [webhookUrl, setWebhookUrl] = useState(kept.webhookUrl ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ input: changed(kept, { prompt, name, sources, limit, webhookUrl }) }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Textarea
          label="Question"
          autosize
          minRows={2}
          value={prompt}
          onChange={(event) => setPrompt(event.currentTarget.value)}
        />
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <SourceChips value={sources} onChange={setSources} />
        <NumberInput
          label="Posts to list"
          min={1}
          max={1000}
          value={limit}
          onChange={(value) => setLimit(Number(value) || kept.limit)}
          maw={160}
        />
        <TextInput
          label="Webhook address"
          type="url"
          value={webhookUrl}
          onChange={(event) => setWebhookUrl(event.currentTarget.value)}
        />
        <Trouble error={update.error} title="Nothing was changed" />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Leave it
          </Button>
          <Button type="submit" loading={update.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface Fields {
  prompt: string;
  name: string;
  sources: string[];
  limit: number;
  webhookUrl: string;
}

/** Only what differs is sent; what is emptied is taken away. */
function changed(kept: Kept, fields: Fields): UpdateQueryInput {
  const input: UpdateQueryInput = { queryId: kept.id };
  if (fields.prompt !== kept.prompt) input.prompt = fields.prompt;
  if (fields.name !== (kept.name ?? "")) input.name = fields.name.trim() || null;
  if (fields.sources.join() !== kept.sources.join()) input.sources = fields.sources.length > 0 ? fields.sources : null;
  if (fields.limit !== kept.limit) input.limit = fields.limit;
  if (fields.webhookUrl !== (kept.webhookUrl ?? "")) input.webhookUrl = fields.webhookUrl.trim() || null;
  return input;
}
