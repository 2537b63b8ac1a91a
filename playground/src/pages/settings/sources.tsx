/** Every source that a question can name, and what the server needs to ask there. */
import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { Fragment } from "react";

import { useData } from "../../api/data";
import type { SourceSettingsQuery } from "../../api/generated/graphql";
import { words } from "../../ui/format";
import { State } from "../../ui/state";
import { Shown } from "../../ui/states";
import { SOURCE_SETTINGS } from "./documents";

type Source = SourceSettingsQuery["sources"][number];

export function Sources() {
  const query = useData(SOURCE_SETTINGS, {});
  return (
    <Shown query={query} what="the sources">
      {({ sources }) => (
        <>
          <Text>
            {sources.filter(({ state }) => state === "READY").length} of {sources.length} are ready. Who runs the server
            sets the others up by its settings.
          </Text>
          <Stack component="ul" gap="xs" m={0} p={0} aria-label="Sources" style={{ listStyle: "none" }}>
            {sources.map((source) => (
              <SourceCard key={source.name} source={source} />
            ))}
          </Stack>
        </>
      )}
    </Shown>
  );
}

function SourceCard({ source: { name, title, state, reason, covers, needs, backends } }: { source: Source }) {
  return (
    <li className="card" style={{ overflowWrap: "anywhere" }}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h5">
          {title} <code style={{ fontWeight: 400 }}>{name}</code>
        </Title>
        <State of={state} />
      </Group>
      <Text size="sm">{covers}</Text>
      {reason ? (
        <Text size="sm" mt={4}>
          <b>To set it up:</b> <WithLinks text={reason} />
        </Text>
      ) : null}
      {needs.length > 0 ? (
        <Text size="sm" mt={4}>
          <b>Needs:</b>{" "}
          {needs.map((setting, place) => (
            <Fragment key={setting}>
              {place > 0 ? ", " : null}
              {/^https?:/.test(setting) ? <WithLinks text={setting} /> : <code>{setting}</code>}
            </Fragment>
          ))}
        </Text>
      ) : null}
      {backends.length > 0 ? (
        <Text size="sm" mt={4}>
          <b>Asked through:</b> {backends.map(words).join(", then ")}
        </Text>
      ) : null}
    </li>
  );
}

/** The addresses in a text can be followed; a mark behind one is not part of it. */
function WithLinks({ text }: { text: string }) {
  const parts = text.split(/(https?:\/\/[^\s,;)]*[^\s,;).])/);
  return parts.map((part, place) =>
    place % 2 === 1 ? (
      <Anchor key={place} href={part} target="_blank" rel="noreferrer" inherit underline="always">
        {part}
      </Anchor>
    ) : (
      <Fragment key={place}>{part}</Fragment>
    ),
  );
}
