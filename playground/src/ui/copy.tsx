/** Copies a text; says so to everybody, also to who does not see the button. */
import { Button, type ButtonProps, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";

export function Copy({ text, children, ...button }: ButtonProps & { text: string; children: ReactNode }) {
  return (
    <CopyButton value={text} timeout={2000}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          {...button}
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          onClick={copy}
        >
          <span aria-live="polite">{copied ? "Copied" : children}</span>
        </Button>
      )}
    </CopyButton>
  );
}
