/** A text with what was searched for marked in it. */
import { Fragment, type ReactNode } from "react";

/** A part of a text, in UTF-16 as JavaScript counts. */
interface Span {
  start: number;
  end: number;
}

/** By places that the server tells, in bytes of UTF-8. */
export function MarkedBytes({ text, places }: { text: string; places: { start: number; end: number }[] }) {
  return <>{marked(text, toUnits(text, places))}</>;
}

/** By the words themselves, whatever their case; where nobody tells the places. */
export function MarkedTerms({ text, terms }: { text: string; terms: readonly string[] }) {
  return <>{marked(text, findTerms(text, terms))}</>;
}

export function toUnits(text: string, places: { start: number; end: number }[]): Span[] {
  const units = new Map<number, number>();
  let at = 0;
  let unit = 0;
  for (const letter of text) {
    units.set(at, unit);
    at += utf8Length(letter.codePointAt(0) ?? 0);
    unit += letter.length;
  }
  units.set(at, unit);
  return places.flatMap(({ start, end }) => {
    const [from, to] = [units.get(start), units.get(end)];
    return from === undefined || to === undefined ? [] : [{ start: from, end: to }];
  });
}

function utf8Length(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

export function findTerms(text: string, terms: readonly string[]): Span[] {
  const words = terms.filter((term) => term !== "").map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words.length === 0) return [];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  return [...text.matchAll(pattern)].map((found) => ({ start: found.index, end: found.index + found[0].length }));
}

function marked(text: string, spans: Span[]): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    if (start < at) continue;
    parts.push(
      <Fragment key={`t${at}`}>{text.slice(at, start)}</Fragment>,
      <mark key={`m${start}`}>{text.slice(start, end)}</mark>,
    );
    at = end;
  }
  parts.push(<Fragment key="rest">{text.slice(at)}</Fragment>);
  return parts;
}
