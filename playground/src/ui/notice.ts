/** A word that something was done, which goes away by itself. The library’s own is too pale, and its button has no name. */
import { notifications } from "@mantine/notifications";

/** A word that something did not work, in the server's sentence. */
export function refused(error: unknown, title = "That did not work"): void {
  notice(title, error instanceof Error ? error.message : String(error));
}

export function notice(title: string, message: string): void {
  notifications.show({
    title,
    message,
    closeButtonProps: { "aria-label": "Close the notice" },
    styles: { description: { color: "var(--text-soft)" } },
  });
}
