/** How a question was understood, as a list of what it asks for. */
import { Group, Text } from "@mantine/core";

import { words } from "../../ui/format";

/** A reading as the server gives it: its fields are those of its own schema, and more may come. */
export type Reading = Record<string, unknown>;

const NAMES: [string, string][] = [
  ["intent", "Asks for"],
  ["terms", "Words"],
  ["exclude", "Not with"],
  ["sources", "Sources"],
  ["window", "Time"],
  ["compare_to", "Against"],
  ["group_by", "Grouped by"],
  ["metrics", "Figures"],
  ["filters", "Only"],
  ["focus", "About"],
  ["extract", "Fields"],
  ["sort", "Sorted by"],
  ["limit", "At most"],
  ["schedule", "Runs"],
  ["reason", "Why not"],
];

export function ReadingShown({ reading }: { reading: object }) {
  const fields = reading as Reading;
  const shown = NAMES.flatMap(([key, name]) => {
    const text = written(fields[key]);
    return text === "" ? [] : [{ name, text }];
  });
  return (
    <dl style={{ display: "grid", gridTemplateColumns: "max-content minmax(0, 1fr)", gap: "4px 16px", margin: 0 }}>
      {shown.map(({ name, text }) => (
        <Group key={name} style={{ display: "contents" }}>
          <dt>
            <Text size="sm" c="dimmed">
              {name}
            </Text>
          </dt>
          <dd style={{ margin: 0, overflowWrap: "anywhere" }}>
            <Text size="sm">{text}</Text>
          </dd>
        </Group>
      ))}
    </dl>
  );
}

function written(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (Array.isArray(value)) return value.map(written).filter(Boolean).join(", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, inner]) => [key, written(inner)])
      .filter(([, inner]) => inner !== "")
      .map(([key, inner]) => (key === "any" || key === "text" ? inner : `${words(key ?? "").toLowerCase()} ${inner}`))
      .join(", ");
  }
  return typeof value === "string" && /^[a-z]+(_[a-z]+)+$/.test(value) ? words(value).toLowerCase() : String(value);
}
