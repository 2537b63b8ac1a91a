/** New query: the question, where and when to look, and when to run; with how it is understood beside it. */
import { Button, Group, NumberInput, SimpleGrid, Stack, TextInput, Textarea } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { useLocation } from "wouter";

import { useChange, useData } from "../../api/data";
import type { CreateQueryInput } from "../../api/generated/graphql";
import { Failure, accepted } from "../../api/request";
import { useMay } from "../../shell/session";
import { Page, Section } from "../../ui/page";
import { Empty, Trouble } from "../../ui/states";
import { CREATE_QUERY, SOURCES } from "./documents";
import { Preview } from "./preview";
import { ScheduleFields, type Timing, toSchedule } from "./schedule";
import { SourceChips } from "./sources";

const EXAMPLES = [
  "How many times was Acme mentioned on X and Reddit this week?",
  "How do people feel about Acme this month?",
  "Compare Acme and Globex over the last 7 days by day",
];

export function NewQueryPage() {
  if (!useMay("write"))
    return (
      <Page title="New query">
        <Empty title="This key may only read">Sign in with a key of scope write to ask.</Empty>
      </Page>
    );
  return (
    <Page title="New query">
      <Form />
    </Page>
  );
}

interface Fields {
  prompt: string;
  sources: string[];
  from: string;
  to: string;
  limit: number;
  name: string;
  webhookUrl: string;
}

const EMPTY: Fields = { prompt: "", sources: [], from: "", to: "", limit: 100, name: "", webhookUrl: "" };

function Form() {
  const [, go] = useLocation();
  const [fields, setFields] = useState(EMPTY);
  const [edited, setEdited] = useState<string | null>(null);
  const zone = useData(SOURCES, {}, { staleTime: 60_000 }).data?.workspace?.timezone ?? "UTC";
  const [chosen, setTiming] = useState<Omit<Timing, "timezone"> & { timezone: string | null }>({
    kind: "once",
    cron: "",
    timezone: null,
  });
  const timing: Timing = { ...chosen, timezone: chosen.timezone ?? zone };
  const keyOf = useIdempotencyKeys();
  const create = useChange(CREATE_QUERY, { pick: (data) => accepted(data.createQuery) });
  const asked = useMemo(() => toAsked(fields, edited), [fields, edited]);
  const put = (some: Partial<Fields>) => setFields((now) => ({ ...now, ...some }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const schedule = toSchedule(timing);
    const input: CreateQueryInput = {
      ...asked,
      name: fields.name.trim() || undefined,
      webhookUrl: fields.webhookUrl.trim() || undefined,
      schedule,
    };
    create.mutate(
      { input: { ...input, idempotencyKey: keyOf(input) } },
      { onSuccess: ({ query, job }) => go(job && !schedule ? `/jobs/${job.id}` : `/queries/${query?.id}`) },
    );
  };
  const wrong = create.error instanceof Failure ? create.error : null;
  const at = (field: string) => (wrong?.path.includes(field) ? wrong.message : undefined);
  return (
    <form onSubmit={submit}>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Stack>
          <Section title="What to ask">
            <Stack>
              <Textarea
                label="Question"
                placeholder={EXAMPLES[0]}
                autosize
                minRows={2}
                maxRows={8}
                maxLength={4000}
                required
                value={fields.prompt}
                error={at("prompt")}
                onChange={(event) => put({ prompt: event.currentTarget.value })}
              />
              {fields.prompt === "" ? (
                <Group gap={6}>
                  {EXAMPLES.map((text) => (
                    <Button
                      key={text}
                      size="compact-sm"
                      variant="default"
                      fw={400}
                      onClick={() => put({ prompt: text })}
                      styles={{ label: { whiteSpace: "normal" }, root: { height: "auto", minHeight: 26 } }}
                    >
                      {text}
                    </Button>
                  ))}
                </Group>
              ) : null}
              <SourceChips value={fields.sources} onChange={(sources) => put({ sources })} />
              <Group align="flex-start" grow preventGrowOverflow={false}>
                <TextInput
                  type="date"
                  label="From"
                  description="The day, in your zone"
                  value={fields.from}
                  error={at("dateRange")}
                  onChange={(event) => put({ from: event.currentTarget.value })}
                />
                <TextInput
                  type="date"
                  label="To"
                  description="The last day"
                  value={fields.to}
                  onChange={(event) => put({ to: event.currentTarget.value })}
                />
                <NumberInput
                  label="Posts to list"
                  description="All are counted"
                  min={1}
                  max={1000}
                  value={fields.limit}
                  error={at("limit")}
                  onChange={(limit) => put({ limit: Number(limit) || 100 })}
                />
              </Group>
            </Stack>
          </Section>
          <Section title="Schedule">
            <ScheduleFields timing={timing} onChange={setTiming} />
          </Section>
          <Section title="Name and notice">
            <Stack>
              <TextInput
                label="Name"
                description="Where none is given, the question is its name."
                maxLength={200}
                value={fields.name}
                error={at("name")}
                onChange={(event) => put({ name: event.currentTarget.value })}
              />
              <TextInput
                label="Webhook address"
                description="Told at the end of every run, besides the workspace's webhooks."
                type="url"
                placeholder="https://example.com/hook"
                value={fields.webhookUrl}
                error={at("webhookUrl")}
                onChange={(event) => put({ webhookUrl: event.currentTarget.value })}
              />
            </Stack>
          </Section>
          <Trouble title="The query was not made" error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={fields.prompt.trim() === ""}>
              {timing.kind === "once" ? "Ask" : "Save the schedule"}
            </Button>
          </Group>
        </Stack>
        <Preview input={asked} edited={edited} onEdit={setEdited} />
      </SimpleGrid>
    </form>
  );
}

/** The same input has the same key for as long as the form is there: sent twice, it makes nothing twice. */
function useIdempotencyKeys(): (input: object) => string {
  const [keys] = useState(() => new Map<string, string>());
  return (input) => {
    const text = JSON.stringify(input);
    const key =
      keys.get(text) ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
    keys.set(text, key);
    return key;
  };
}

/** What is read of the question; the part that a preview has too. */
function toAsked(fields: Fields, edited: string | null) {
  const reading = parsed(edited);
  return {
    prompt: fields.prompt,
    limit: fields.limit,
    ...(fields.sources.length > 0 ? { sources: fields.sources } : {}),
    ...(fields.from === "" ? {} : { dateRange: range(fields.from, fields.to) }),
    ...(reading === undefined ? {} : { reading }),
  };
}

/** Whole days of the reader's zone; until now where no last one is given. */
function range(from: string, to: string): { start: string; end: string } {
  const start = new Date(`${from}T00:00:00`);
  const end = to === "" ? new Date() : new Date(`${to}T00:00:00`);
  if (to !== "") end.setDate(end.getDate() + 1);
  const latest = new Date(Math.min(end.getTime(), Date.now()));
  return { start: start.toISOString(), end: latest.toISOString() };
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
