/** What may be wider than the window: it scrolls by itself, by the keyboard too where there is something to scroll. */
import { useResizeObserver } from "@mantine/hooks";
import type { ReactNode } from "react";

interface Props {
  label?: string;
  minWidth: number;
  children: ReactNode;
}

export function Scroll({ label = "Scrolls sideways", minWidth, children }: Props) {
  const [place, { width }] = useResizeObserver<HTMLDivElement>();
  const isCut = width > 0 && width < minWidth;
  const reachable = isCut ? { tabIndex: 0, role: "group", "aria-label": label } : {};
  return (
    <div ref={place} style={{ overflowX: "auto" }} {...reachable}>
      <div style={{ minWidth }}>{children}</div>
    </div>
  );
}
