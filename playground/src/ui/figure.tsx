/** A figure, large, with what it counts. */
import { Text } from "@mantine/core";
import type { ReactNode } from "react";

export function Figure({ name, value, note }: { name: string; value: string; note?: ReactNode }) {
  return (
    <div role="group" aria-label={`${name}: ${value}`}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <div className="figure-value">{value}</div>
      {note ? (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      ) : null}
    </div>
  );
}
