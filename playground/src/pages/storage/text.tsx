/** A large file as text: only the parts that are seen are read, and only they are kept. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

import { bytes } from "../../ui/format";
import { Trouble, Waiting } from "../../ui/states";
import { PART, readText } from "./parts";

/** Of a monospaced character at 13 pixels. */
const WIDTH = 7.8;
const LINE = 20;

export function TextPreview({ storageKey, size }: { storageKey: string; size: number }) {
  const box = useRef<HTMLDivElement>(null);
  const parts = useVirtualizer({
    count: Math.ceil(size / PART),
    getScrollElement: () => box.current,
    estimateSize: () => (PART * WIDTH * LINE) / Math.max(200, box.current?.clientWidth ?? 1000),
    overscan: 1,
  });
  return (
    <>
      <Text c="dimmed" size="sm" mb="xs">
        {`This file has ${bytes(size)}. It is shown as text, and read as you scroll.`}
      </Text>
      <div
        ref={box}
        role="region"
        aria-label="The file as text"
        tabIndex={0}
        style={{ height: "60vh", overflow: "auto", borderRadius: 8, background: "var(--soft-ground)" }}
      >
        <div style={{ position: "relative", height: parts.getTotalSize() }}>
          {parts.getVirtualItems().map((part) => (
            <div
              key={part.key}
              ref={parts.measureElement}
              data-index={part.index}
              style={{ position: "absolute", top: 0, left: 0, width: "100%", transform: `translateY(${part.start}px)` }}
            >
              <Part storageKey={storageKey} index={part.index} size={size} height={part.size} />
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

/** Until it is read, a part takes the room it had before or is thought to need: what is below stays where it is. */
function Part({
  storageKey,
  index,
  size,
  height,
}: {
  storageKey: string;
  index: number;
  size: number;
  height: number;
}) {
  const part = useQuery({
    queryKey: ["StoragePart", storageKey, index],
    queryFn: ({ signal }) => readText(storageKey, index, size, signal),
    staleTime: Infinity,
    // What is out of sight is let go at once.
    gcTime: 0,
  });
  if (part.data === undefined) {
    return (
      <div style={{ minHeight: height }}>
        <div style={{ position: "sticky", top: 0, padding: 12 }}>
          {part.error ? (
            <Trouble title="Could not read this part" error={part.error} onRetry={() => void part.refetch()} />
          ) : (
            <Waiting what="Reading this part" />
          )}
        </div>
      </div>
    );
  }
  return (
    <pre
      style={{
        minHeight: 1,
        margin: 0,
        padding: "0 12px",
        fontFamily: "var(--mantine-font-family-monospace)",
        fontSize: 13,
        lineHeight: `${LINE}px`,
        overflowWrap: "anywhere",
        whiteSpace: "pre-wrap",
      }}
    >
      {part.data}
    </pre>
  );
}
