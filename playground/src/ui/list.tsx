/**
 * A long list as a table: only the rows that are seen exist, however many there are, and the next page is loaded
 * before its end is reached. On a narrow screen a row is a card.
 */
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";

import { Scroll } from "./scroll";
import { Trouble, Waiting } from "./states";

export interface Column<Item> {
  title: string;
  /** As in `grid-template-columns`. */
  width: string;
  cell: (item: Item) => ReactNode;
  /** Not shown as a heading, as of a column of buttons or boxes. */
  isUnlabelled?: boolean;
}

interface Props<Item> {
  label: string;
  items: Item[];
  total: number | null;
  columns: Column<Item>[];
  id: (item: Item) => string;
  /** In pixels: where there is less room for a row, the table scrolls sideways. A card has room. */
  minWidth?: number;
  /** Heights of a row in pixels, on a wide and on a narrow screen. */
  heights?: [number, number];
  more: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    /** Offline: it goes on by itself. */
    isPaused: boolean;
    /** Why the next page could not be loaded. */
    moreError: unknown;
    fetchNextPage: () => unknown;
  };
}

/** So many rows before the end, the next page is asked for. */
const AHEAD = 30;

export function LongList<Item>({
  label,
  items,
  total,
  columns,
  id,
  minWidth = 0,
  heights = [52, 124],
  more,
}: Props<Item>) {
  const isNarrow = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const place = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  // What is above may grow and shrink.
  useLayoutEffect(() => setTop(place.current?.offsetTop ?? 0));
  const height = isNarrow ? heights[1] : heights[0];
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (index) => (items[index] ? id(items[index]) : index),
  });
  useEffect(() => rows.measure(), [rows, height]);
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isPaused, moreError, fetchNextPage } = more;
  // After whatever was shown, as a page that was asked for may have been called off for something else. After a failure
  // it is not asked for again and again: who reads the message tries it again.
  useEffect(() => {
    const isNear = last >= items.length - AHEAD;
    if (isNear && hasNextPage && !isFetchingNextPage && !isPaused && !moreError) void fetchNextPage();
  });

  const widths = { gridTemplateColumns: columns.map(({ width }) => width).join(" ") };
  return (
    <Scroll label={`${label}, to be scrolled`} minWidth={isNarrow ? 0 : minWidth}>
      <div className="list" role="table" aria-label={label} aria-rowcount={(total ?? items.length) + 1}>
        <div role="rowgroup">
          <div className="list-head" role="row" aria-rowindex={1} style={widths}>
            {columns.map((column) => (
              <span key={column.title} role="columnheader" aria-label={column.title}>
                {column.isUnlabelled ? null : column.title}
              </span>
            ))}
          </div>
        </div>
        <div className="list-body" role="rowgroup" ref={place} style={{ height: rows.getTotalSize() }}>
          {seen.map((row) => {
            const item = items[row.index];
            if (!item) return null;
            const position = { height, transform: `translateY(${row.start - top}px)` };
            return (
              <div
                key={row.key}
                className="list-row"
                role="row"
                aria-rowindex={row.index + 2}
                style={{ ...widths, ...position }}
              >
                {columns.map((column) => (
                  <div key={column.title} className="list-cell" role="cell">
                    {isNarrow && !column.isUnlabelled ? <span className="list-label">{column.title}: </span> : null}
                    {column.cell(item)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {isFetchingNextPage ? <Waiting what="Loading more" /> : null}
      </div>
      {isFetchingNextPage ? null : (
        <Trouble title="Could not load more" error={moreError} onRetry={() => void fetchNextPage()} />
      )}
    </Scroll>
  );
}
