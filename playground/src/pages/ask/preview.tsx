/** The reading of a question while it is typed; it can be changed by hand, and then counts as it is. */
import { Button, Group, JsonInput, List, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useData } from "../../api/data";
import type { PreviewQueryInput } from "../../api/generated/graphql";
import { request } from "../../api/request";
import { count } from "../../ui/format";
import { Section } from "../../ui/page";
import { State } from "../../ui/state";
import { Trouble, Waiting } from "../../ui/states";
import { Time } from "../../ui/time";
import { ESTIMATE, PREVIEW } from "./documents";
import { ReadingShown } from "./reading";

interface Props {
  input: PreviewQueryInput;
  /** The reading that was changed by hand; null while the server's own counts. */
  edited: string | null;
  onEdit: (text: string | null) => void;
}

export function Preview({ input, edited, onEdit }: Props) {
  const [settled] = useDebouncedValue(input, 350);
  const isTyped = settled.prompt.trim() !== "";
  const preview = useData(PREVIEW, { input: settled }, { enabled: isTyped, keepPrevious: true });
  const found = isTyped ? preview.data?.previewQuery : undefined;
  const errors = found?.userErrors ?? [];
  return (
    <Section title="How it is understood" aside={preview.isFetching ? <Text size="sm">Reading…</Text> : null}>
      {isTyped ? null : <Text c="dimmed">Type a question; what is understood appears here.</Text>}
      <Trouble error={preview.error} title="Could not read the question" />
      <Stack gap="sm" aria-live="polite">
        {errors.map(({ code, message }) => (
          <Trouble key={message} title={code} error={new Error(message)} />
        ))}
        {found && errors.length === 0 ? (
          <>
            {found.reading ? <ReadingShown reading={found.reading as object} /> : null}
            {found.window ? (
              <Text size="sm">
                From <Time at={found.window.start} /> to <Time at={found.window.end} />
              </Text>
            ) : null}
            <Notes title="Assumed" notes={found.assumptions} />
            <Notes title="To know" notes={found.problems} />
            <Group gap={6}>
              {found.sources.map(({ name, state }) => (
                <State key={name} of={state} label={`${name}${state === "READY" ? "" : ": not set up"}`} />
              ))}
            </Group>
            <Cost input={settled} />
          </>
        ) : null}
        {preview.isPending && isTyped && !preview.error ? <Waiting what="Reading the question" /> : null}
        <Editor reading={found?.reading} edited={edited} onEdit={onEdit} />
      </Stack>
    </Section>
  );
}

function Notes({ title, notes }: { title: string; notes: string[] }) {
  if (notes.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm">
        {notes.map((note) => (
          <List.Item key={note}>{note}</List.Item>
        ))}
      </List>
    </div>
  );
}

function Editor({ reading, edited, onEdit }: { reading: unknown; edited: string | null; onEdit: Props["onEdit"] }) {
  if (edited === null) {
    if (!reading) return null;
    return (
      <div>
        <Button size="compact-sm" variant="default" onClick={() => onEdit(JSON.stringify(reading, null, 2))}>
          Change the reading
        </Button>
      </div>
    );
  }
  return (
    <Stack gap="xs">
      <JsonInput
        label="The reading, as it is used"
        description="While it is changed by hand, the question's words are not read."
        autosize
        minRows={8}
        maxRows={24}
        value={edited}
        onChange={onEdit}
        validationError="This is not JSON yet"
        formatOnBlur
      />
      <div>
        <Button size="compact-sm" variant="default" onClick={() => onEdit(null)}>
          Use what the question says
        </Button>
      </div>
    </Stack>
  );
}

/** Asking some platforms how much there is costs money itself: it is done when somebody wants it. */
function Cost({ input }: { input: PreviewQueryInput }) {
  const [asked, setAsked] = useState<PreviewQueryInput | null>(null);
  const estimate = useQuery({
    queryKey: ["estimate", asked],
    queryFn: ({ signal }) => request(ESTIMATE, { input: asked ?? input }, signal),
    enabled: asked !== null,
    staleTime: 60_000,
  });
  if (asked !== input)
    return (
      <div>
        <Button size="compact-sm" variant="default" onClick={() => setAsked(input)}>
          Estimate posts and cost
        </Button>
      </div>
    );
  if (estimate.error) return <Trouble error={estimate.error} title="Could not estimate" />;
  if (!estimate.data) return <Waiting what="Asking the sources how much there is" />;
  const rows = estimate.data.previewQuery?.sources ?? [];
  return (
    <List size="sm" aria-label="Estimated posts and cost">
      {rows.map(({ name, estimate: told }) => (
        <List.Item key={name}>{`${name}: ${describe(told)}`}</List.Item>
      ))}
    </List>
  );
}

function describe(told: { posts: number | null; maxUsd: number | null; reason: string | null } | null): string {
  if (!told) return "costs nothing, or does not say how much there is";
  const parts = [
    told.posts === null ? null : `about ${count(told.posts)} posts`,
    told.maxUsd === null ? null : `at most ${told.maxUsd.toFixed(2)} USD`,
    told.reason,
  ];
  return parts.filter(Boolean).join(", ");
}
