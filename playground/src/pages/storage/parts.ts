/**
 * Text in parts, each of which is read and decoded without the others. Where one ends and the next begins is told by
 * the bytes around the border alone, so that both say the same: after the first line break behind it, if there is one
 * near, else before the next character.
 */
import { readPart } from "../../api/rest";

export const PART = 256 * 1024;
/** So far behind the border a line break is looked for. */
const NEAR = 4096;
const LINE_BREAK = 0x0a;

export async function readText(key: string, index: number, size: number, signal: AbortSignal): Promise<string> {
  const from = index * PART;
  const bytes = await readPart(key, from, Math.min(size, from + PART + NEAR), signal);
  return decode(bytes, index === 0, from + PART >= size);
}

export function decode(bytes: Uint8Array, isFirst: boolean, isLast: boolean): string {
  const start = isFirst ? 0 : border(bytes, 0);
  const end = isLast ? bytes.length : border(bytes, PART);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, end));
}

function border(bytes: Uint8Array, at: number): number {
  const line = bytes.subarray(at, at + NEAR).indexOf(LINE_BREAK);
  if (line >= 0) return at + line + 1;
  let lead = at;
  // At most three bytes belong to a character that began before.
  while (lead < at + 3 && isInside(bytes[lead])) lead += 1;
  return lead;
}

function isInside(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
