/** A JSON value as a list of its nodes, each with its path (a JSON pointer). */

export interface Node {
  path: string;
  /** The field's name or the item's place; null for the whole. */
  name: string | null;
  value: unknown;
  depth: number;
}

export interface Hits {
  paths: string[];
  pattern: RegExp | null;
}

export const NO_HITS: Hits = { paths: [], pattern: null };

export function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null && sizeOf(value) > 0;
}

export function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** Visits a node, and what is in it where that is wanted. */
function walk(node: Node, wantsMore: (node: Node) => boolean): void {
  if (!wantsMore(node) || !isBranch(node.value)) return;
  for (const [name, value] of Object.entries(node.value)) {
    walk({ path: below(node.path, name), name, value, depth: node.depth + 1 }, wantsMore);
  }
}

function below(path: string, name: string): string {
  return `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function whole(value: unknown): Node {
  return { path: "", name: null, value, depth: 0 };
}

/** Those that are seen when these branches are open. */
export function visible(value: unknown, open: ReadonlySet<string>): Node[] {
  const seen: Node[] = [];
  walk(whole(value), (node) => {
    seen.push(node);
    return open.has(node.path);
  });
  return seen;
}

export function branches(value: unknown): Set<string> {
  const found = new Set<string>();
  walk(whole(value), ({ path, value: here }) => {
    if (isBranch(here)) found.add(path);
    return true;
  });
  return found;
}

/** The nodes that have the words in their name or their value, in either case. */
export function find(value: unknown, words: string): Hits {
  if (words === "") return NO_HITS;
  const pattern = new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "iu");
  const paths: string[] = [];
  walk(whole(value), (node) => {
    const isInValue = typeof node.value !== "object" && pattern.test(String(node.value));
    // An item's place is no word of the file.
    const isInName = node.name !== null && !/^\d+$/.test(node.name) && pattern.test(node.name);
    if (isInValue || isInName || (node.value === null && pattern.test("null"))) paths.push(node.path);
    return true;
  });
  return { paths, pattern };
}

/** What must be open for these to be seen. */
export function above(paths: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const path of paths) {
    for (let end = path.lastIndexOf("/"); end >= 0; end = path.lastIndexOf("/", end - 1)) {
      found.add(path.slice(0, end));
      if (end === 0) break;
    }
  }
  return found;
}
