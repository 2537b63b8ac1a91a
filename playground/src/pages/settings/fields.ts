/** What of a failure belongs beside a field, and what does not. */
import { Failure } from "../../api/request";

export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof Failure && error.path.includes(field) ? error.message : undefined;
}

/** The failure, unless one of these fields shows it. */
export function otherError(error: unknown, fields: readonly string[]): unknown {
  return fields.some((field) => fieldError(error, field)) ? null : error;
}

/** Of a `datetime-local` input, in the reader's zone; null when it is empty. */
export function instant(value: string): string | null {
  return value ? new Date(value).toISOString() : null;
}

/** Of a number input, which has an empty text where nothing is. */
export function wholeNumber(value: number | string): number | null {
  return value === "" ? null : Number(value);
}
