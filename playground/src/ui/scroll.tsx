/** What may be wider than the window: it scrolls by itself, by the keyboard too where there is something to scroll. */
import { useResizeObserver } from "@mantine/hooks";
import type { ReactNode } from "react";

export function Scroll({ minWidth, children }: { minWidth: number; children: ReactNode }) {
  const [place, { width }] = useResizeObserver<HTMLDivElement>();
  const isCut = width > 0 && width < minWidth;
  const reachable = isCut ? { tabIndex: 0, role: "group", "aria-label": "Scrolls sideways" } : {};
  return (
    <div ref={place} style={{ overflowX: "auto" }} {...reachable}>
      <div style={{ minWidth }}>{children}</div>
    </div>
  );
}
