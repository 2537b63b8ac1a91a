/** What a run that has ended changes: each page says so of its own documents. */
import { idOf } from "./request";

const changed = new Set<string>();

export function changedByRuns(...documents: Parameters<typeof idOf>[0][]): void {
  for (const document of documents) changed.add(idOf(document));
}

/** By what they are named, the documents of the pages that were opened so far. */
export function documentsOfRuns(): Iterable<string> {
  return changed;
}
