/** A JSON value as a tree to open and close and to search; only the rows that are seen exist. */
import { Button, Group, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";

import { count } from "../../ui/format";
import { type Hits, type Node, above, branches, find, isBranch, visible } from "./nodes";
import { TreeRow } from "./tree_row";

const ROW = 28;

export function Tree({ value }: { value: unknown }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set([""]));
  const nodes = useMemo(() => visible(value, open), [value, open]);
  const search = useSearch(value, setOpen);
  const toggle = (path: string) =>
    setOpen((now) => (now.has(path) ? new Set([...now].filter((other) => other !== path)) : new Set([...now, path])));
  return (
    <>
      <Group align="flex-end" gap="xs">
        <SearchBar search={search} />
        <Button variant="default" onClick={() => setOpen(branches(value))}>
          Expand all
        </Button>
        <Button variant="default" onClick={() => setOpen(isBranch(value) ? new Set([""]) : new Set())}>
          Collapse all
        </Button>
      </Group>
      <Text role="status" size="sm" my={6} mih={20} style={{ overflowWrap: "anywhere" }}>
        {told(search.hits, search.current)}
      </Text>
      <Rows nodes={nodes} open={open} hits={search.hits} current={search.current} onToggle={toggle} />
    </>
  );
}

/** Each step is an object of its own, so that one to the same place goes there again. */
interface Current {
  index: number;
  path: string | undefined;
}

interface Search {
  words: string;
  setWords: (words: string) => void;
  hits: Hits;
  current: Current;
  step: (by: 1 | -1) => void;
}

function useSearch(
  value: unknown,
  setOpen: (change: (open: ReadonlySet<string>) => ReadonlySet<string>) => void,
): Search {
  const [words, setWords] = useState("");
  const [wanted] = useDebouncedValue(words.trim(), 200);
  const hits = useMemo(() => find(value, wanted), [value, wanted]);
  const [current, setCurrent] = useState<Current>({ index: 0, path: undefined });
  useEffect(() => {
    setCurrent({ index: 0, path: hits.paths[0] });
    if (hits.paths.length > 0) setOpen((open) => new Set([...open, ...above(hits.paths)]));
  }, [hits, setOpen]);
  const step = (by: 1 | -1) => {
    const length = hits.paths.length;
    if (length === 0) return;
    const index = (current.index + by + length) % length;
    const path = hits.paths[index] ?? "";
    setOpen((open) => new Set([...open, ...above([path])]));
    setCurrent({ index, path });
  };
  return { words, setWords, hits, current, step };
}

function SearchBar({ search }: { search: Search }) {
  const { hits, step } = search;
  const has = hits.paths.length > 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
  };
  return (
    <>
      <TextInput
        label="Search in the file"
        value={search.words}
        onChange={(event) => search.setWords(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        w={240}
        maw="100%"
      />
      <Button variant="default" disabled={!has} onClick={() => step(-1)}>
        Previous hit
      </Button>
      <Button variant="default" disabled={!has} onClick={() => step(1)}>
        Next hit
      </Button>
    </>
  );
}

function told({ paths, pattern }: Hits, current: Current): string {
  if (!pattern) return "";
  if (paths.length === 0) return "No hits";
  return `Hit ${count(current.index + 1)} of ${count(paths.length)}: ${current.path || "/"}`;
}

interface RowsProps {
  nodes: Node[];
  open: ReadonlySet<string>;
  hits: Hits;
  current: Current;
  onToggle: (path: string) => void;
}

function Rows({ nodes, open, hits, current, onToggle }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  // Kept here, as rows come and go while somebody scrolls.
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const rows = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    getItemKey: useCallback((index: number) => nodes[index]?.path ?? index, [nodes]),
    overscan: 12,
  });
  useEffect(() => {
    const index = current.path === undefined ? -1 : nodes.findIndex(({ path }) => path === current.path);
    if (index >= 0) rows.scrollToIndex(index, { align: "center" });
    // Only a step to a hit scrolls; opening and closing branches does not.
  }, [current]);
  return (
    <div
      ref={box}
      role="region"
      aria-label="The file as a tree"
      tabIndex={0}
      style={{ height: "60vh", overflow: "auto", fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 }}
    >
      <div role="list" style={{ position: "relative", height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const node = nodes[row.index];
          if (!node) return null;
          return (
            <div
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              role="listitem"
              aria-level={node.depth + 1}
              aria-posinset={row.index + 1}
              aria-setsize={nodes.length}
              style={{ position: "absolute", top: 0, left: 0, width: "100%", transform: `translateY(${row.start}px)` }}
            >
              <TreeRow
                node={node}
                isOpen={open.has(node.path)}
                isCurrent={hits.pattern !== null && node.path === current.path}
                pattern={hits.pattern}
                isWhole={whole.has(node.path)}
                onToggle={() => onToggle(node.path)}
                onWhole={() => setWhole((now) => new Set([...now, node.path]))}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
