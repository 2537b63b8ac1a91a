/** What an endpoint is registered with, for a new one and for one that is there. */
import { Button, Checkbox, Group, NumberInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

import type { EndpointShownFragment } from "../../../api/generated/graphql";
import { Trouble } from "../../../ui/states";
import { fieldError, otherError, wholeNumber } from "../fields";

/** Every type an event of this version can have. */
const EVENTS = [
  { type: "job.completed", about: "A job has ended, also one that failed or was cancelled." },
  { type: "query.deleted", about: "A query was deleted." },
  { type: "storage.deleted", about: "A result was deleted, by request or by the retention policy." },
  { type: "endpoint.disabled", about: "A webhook endpoint was disabled." },
];
const FIELDS = ["url", "events", "rateLimitPerSecond"];

export interface EndpointFields {
  url: string;
  events: string[];
  ordered: boolean;
  rateLimitPerSecond: number | null;
}

interface Props {
  endpoint?: EndpointShownFragment;
  label: string;
  isWaiting: boolean;
  error: unknown;
  onSend: (fields: EndpointFields) => void;
  onCancel: () => void;
}

export function EndpointForm({ endpoint, label, isWaiting, error, onSend, onCancel }: Props) {
  const [url, setUrl] = useState(endpoint?.url ?? "");
  const [events, setEvents] = useState(endpoint?.events ?? ["job.completed"]);
  const [ordered, setOrdered] = useState(endpoint?.ordered ?? false);
  const [rate, setRate] = useState<number | string>(endpoint?.rateLimitPerSecond ?? "");
  // One that a later server knows stays what it is.
  const known = [
    ...EVENTS,
    ...events.filter((type) => !EVENTS.some((one) => one.type === type)).map((type) => ({ type, about: undefined })),
  ];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSend({ url: url.trim(), events, ordered, rateLimitPerSecond: wholeNumber(rate) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="URL"
          description="An https address that answers 2xx within 10 seconds."
          type="url"
          required
          data-autofocus
          placeholder="https://example.com/hooks/bytestack"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={fieldError(error, "url")}
        />
        <Checkbox.Group
          label="Events"
          description="What it is told of."
          value={events}
          onChange={setEvents}
          error={fieldError(error, "events")}
        >
          <Stack gap="xs" mt="xs">
            {known.map(({ type, about }) => (
              <Checkbox key={type} value={type} label={type} description={about} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Checkbox
          label="In order"
          description="No delivery begins before the one before it has ended."
          checked={ordered}
          onChange={(event) => setOrdered(event.currentTarget.checked)}
        />
        <NumberInput
          label="Deliveries per second"
          description="At most, from each node: 1 to 1,000. Empty: no limit."
          min={1}
          max={1000}
          allowDecimal={false}
          hideControls
          value={rate}
          onChange={setRate}
          error={fieldError(error, "rateLimitPerSecond")}
        />
        <Trouble error={otherError(error, FIELDS)} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={isWaiting}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
