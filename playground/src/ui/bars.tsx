/** Figures beside each other: a table whose bars everybody can read as numbers. */
import { Table } from "@mantine/core";
import type { ReactNode } from "react";

import { count, percent } from "./format";
import { Scroll } from "./scroll";

export interface BarRow {
  name: string;
  value: number;
  /** From 0 to 1. */
  share?: number | null;
  more?: ReactNode[];
}

interface Props {
  label: string;
  of: string;
  unit: string;
  rows: BarRow[];
  /** Titles of the further columns. */
  columns?: string[];
}

export function Bars({ label, of, unit, rows, columns = [] }: Props) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const hasShare = rows.some(({ share }) => share != null);
  return (
    <Scroll minWidth={320}>
      <Table aria-label={label} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{of}</Table.Th>
            <Table.Th style={{ width: "40%" }} aria-label="As a bar" />
            <Table.Th className="number">{unit}</Table.Th>
            {hasShare ? <Table.Th className="number">Share</Table.Th> : null}
            {columns.map((title) => (
              <Table.Th key={title} className="number">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={`${row.name} ${index}`}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{row.name}</Table.Td>
              <Table.Td>
                <div
                  aria-hidden
                  style={{
                    width: `${(100 * row.value) / most}%`,
                    minWidth: 2,
                    height: 12,
                    borderRadius: 4,
                    background: "var(--chart-1)",
                  }}
                />
              </Table.Td>
              <Table.Td className="number">{count(row.value)}</Table.Td>
              {hasShare ? <Table.Td className="number">{row.share == null ? "–" : percent(row.share)}</Table.Td> : null}
              {row.more?.map((cell, column) => (
                <Table.Td key={columns[column]} className="number">
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
