/** A table that the side navigation leaves too little room for on a screen of middle width: it scrolls by itself. */
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";

export function Wide({ label, width, children }: { label: string; width: number; children: ReactNode }) {
  // On a narrower screen its rows are cards.
  const isTight = useMediaQuery("(min-width: 768px) and (max-width: 1179px)", false, {
    getInitialValueInEffect: false,
  });
  if (!isTight) return children;
  return (
    <div role="group" aria-label={label} tabIndex={0} style={{ overflowX: "auto" }}>
      <div style={{ minWidth: width }}>{children}</div>
    </div>
  );
}
