/** Names and what they are, as a list of pairs. */
import { Fragment, type ReactNode } from "react";

export function Facts({ of }: { of: [name: string, value: ReactNode][] }) {
  return (
    <dl
      style={{
        display: "grid",
        gridTemplateColumns: "minmax(96px, max-content) minmax(0, 1fr)",
        gap: "6px 16px",
        margin: 0,
      }}
    >
      {of.map(([name, value]) => (
        <Fragment key={name}>
          <dt style={{ color: "var(--text-soft)" }}>{name}</dt>
          <dd style={{ margin: 0, overflowWrap: "anywhere" }}>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
