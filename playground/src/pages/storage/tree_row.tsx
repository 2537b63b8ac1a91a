/** One row of the tree: a branch that opens and closes, or a value. */
import { Button, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";

import { count } from "../../ui/format";
import { type Node, isBranch, sizeOf } from "./nodes";

interface Props {
  node: Node;
  isOpen: boolean;
  isCurrent: boolean;
  pattern: RegExp | null;
  /** Whether a long text is shown to its end. */
  isWhole: boolean;
  onToggle: () => void;
  onWhole: () => void;
}

const INDENT = 14;
/** Deeper than that, narrow screens had no room left. */
const DEEPEST = 8;

export function TreeRow({ node, isCurrent, ...row }: Props) {
  const style = {
    minHeight: 28,
    padding: "3px 8px 3px 0",
    paddingLeft: 4 + Math.min(node.depth, DEEPEST) * INDENT,
    borderLeft: `4px solid ${isCurrent ? "var(--calm)" : "transparent"}`,
    overflowWrap: "anywhere",
    whiteSpace: "pre-wrap",
  } as const;
  return (
    <div style={style} aria-current={isCurrent ? "true" : undefined}>
      {isBranch(node.value) ? (
        <Branch node={node} value={node.value} isOpen={row.isOpen} pattern={row.pattern} onToggle={row.onToggle} />
      ) : (
        <Leaf node={node} pattern={row.pattern} isWhole={row.isWhole} onWhole={row.onWhole} />
      )}
    </div>
  );
}

function Branch({
  node,
  value,
  isOpen,
  pattern,
  onToggle,
}: Pick<Props, "node" | "isOpen" | "pattern" | "onToggle"> & { value: object }) {
  const Icon = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <UnstyledButton
      aria-expanded={isOpen}
      onClick={onToggle}
      style={{ display: "flex", alignItems: "center", gap: 4, minHeight: 24, font: "inherit" }}
    >
      <Icon size={14} aria-hidden style={{ flex: "none" }} />
      <span>
        {node.name === null ? "The file" : <Marked text={node.name} pattern={pattern} />}{" "}
        <span style={{ color: "var(--text-soft)" }}>{sizeText(value)}</span>
      </span>
    </UnstyledButton>
  );
}

function sizeText(value: object): string {
  const size = sizeOf(value);
  const [one, many] = Array.isArray(value) ? ["item", "items"] : ["field", "fields"];
  return size === 1 ? `1 ${one}` : `${count(size)} ${many}`;
}

function Leaf({ node, pattern, isWhole, onWhole }: Pick<Props, "node" | "pattern" | "isWhole" | "onWhole">) {
  return (
    <div style={{ paddingLeft: 18 }}>
      {node.name === null ? null : (
        <span>
          <Marked text={node.name} pattern={pattern} />
          {": "}
        </span>
      )}
      <Value value={node.value} pattern={pattern} isWhole={isWhole} onWhole={onWhole} />
    </div>
  );
}

/** So much of a long text is shown at first. */
const LONG = 300;

function Value({
  value,
  pattern,
  isWhole,
  onWhole,
}: {
  value: unknown;
  pattern: RegExp | null;
  isWhole: boolean;
  onWhole: () => void;
}) {
  if (typeof value !== "string") {
    const text = typeof value === "object" && value !== null ? (Array.isArray(value) ? "[ ]" : "{ }") : String(value);
    return (
      <span style={{ color: typeof value === "number" ? "var(--calm)" : "var(--warn)" }}>
        <Marked text={text} pattern={pattern} />
      </span>
    );
  }
  const isCut = value.length > LONG && !isWhole;
  return (
    <span style={{ color: "var(--good)" }}>
      “<Marked text={isCut ? cut(value, pattern) : value} pattern={pattern} />”
      {isCut ? (
        <>
          {" "}
          <Button variant="default" size="compact-xs" mih={24} onClick={onWhole}>
            {`Show all ${count(value.length)} characters`}
          </Button>
        </>
      ) : null}
    </span>
  );
}

/** The part of a long text that has the hit in it, or its beginning. */
function cut(text: string, pattern: RegExp | null): string {
  const at = pattern ? text.search(pattern) : 0;
  const from = at > LONG / 2 ? at - LONG / 3 : 0;
  return `${from > 0 ? "…" : ""}${text.slice(from, from + LONG)}${from + LONG < text.length ? "…" : ""}`;
}

function Marked({ text, pattern }: { text: string; pattern: RegExp | null }) {
  if (!pattern) return text;
  // With a group, what separates the parts is one of them: each second one.
  const parts = text.split(new RegExp(`(${pattern.source})`, pattern.flags));
  return parts.map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part));
}
