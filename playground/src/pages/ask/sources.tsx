/** The sources as chips: what can answer now is told apart from what the operator has to set up first. */
import { Anchor, Chip, Group, Input, Text, TextInput, Tooltip } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";

import { useData } from "../../api/data";
import { Shown } from "../../ui/states";
import { SOURCES } from "./documents";

interface Props {
  value: string[];
  onChange: (value: string[]) => void;
}

export function SourceChips({ value, onChange }: Props) {
  const choices = useData(SOURCES, {}, { staleTime: 60_000 });
  return (
    <Input.Wrapper
      component="fieldset"
      label="Sources"
      labelElement="div"
      description="None chosen: all that are ready."
      style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}
    >
      <Shown query={choices} what="the sources">
        {({ sources, datasets }) => {
          const uploaded = (datasets?.nodes ?? []).map(({ source, documents }) => ({
            name: source,
            title: source,
            state: "READY",
            note: `${documents} posts`,
          }));
          // `dataset:…` and the like stand for names that are typed.
          const named = sources
            .filter(({ name }) => !name.includes("…"))
            .map(({ name, title, state, reason, covers }) => ({ name, title, state, note: reason ?? covers }));
          const known = [...uploaded, ...named];
          const typed = value
            .filter((name) => !known.some((choice) => choice.name === name))
            .map((name) => ({ name, title: name, state: "READY", note: "typed here" }));
          return (
            <Chip.Group multiple value={value} onChange={onChange}>
              <Group gap={6} mt={6} role="group" aria-label="Sources">
                {[...typed, ...known].map(({ name, title, state, note }) => (
                  <Tooltip key={name} label={note} multiline maw={320}>
                    <div>
                      <Chip value={name} size="sm" variant="outline" aria-description={note}>
                        {title}
                        {state === "READY" ? "" : " (not set up)"}
                      </Chip>
                    </div>
                  </Tooltip>
                ))}
              </Group>
            </Chip.Group>
          );
        }}
      </Shown>
      <AddSource onAdd={(name) => onChange([...new Set([...value, name])])} />
      <Text size="sm" c="dimmed" mt={4}>
        What a source covers and needs is at{" "}
        <Anchor component={Link} href="/settings/sources" size="sm" inherit underline="always">
          Settings → Sources
        </Anchor>
        .
      </Text>
    </Input.Wrapper>
  );
}

/** For sources with an address, such as a feed. */
function AddSource({ onAdd }: { onAdd: (name: string) => void }) {
  const [text, setText] = useState("");
  const add = () => {
    if (text.trim() !== "") onAdd(text.trim());
    setText("");
  };
  return (
    <TextInput
      label="Another source"
      description="By its name, such as rss:https://example.com/feed.xml; Enter adds it."
      size="xs"
      mt="xs"
      maw={420}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={add}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        add();
      }}
    />
  );
}
