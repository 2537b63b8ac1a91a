/** Asks again and again while there is something to wait for. */
import { useEffect } from "react";

export function usePolling(
  isOn: boolean,
  milliseconds: number,
  ask: (options: { cancelRefetch: boolean }) => unknown,
): void {
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      // One that is still on its way is not called off for the next.
      if (!document.hidden) void ask({ cancelRefetch: false });
    }, milliseconds);
    return () => clearInterval(timer);
  }, [isOn, milliseconds, ask]);
}
