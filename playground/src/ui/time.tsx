/** An instant in the reader's zone, with UTC on hover and for screen readers' descriptions. */
import { Tooltip } from "@mantine/core";

import { localTime, utcTime } from "./format";

export function Time({ at, none = "–" }: { at: string | null | undefined; none?: string }) {
  if (!at) return <span>{none}</span>;
  return (
    <Tooltip label={utcTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{localTime(at)}</time>
    </Tooltip>
  );
}
