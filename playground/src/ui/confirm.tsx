/** A button whose effect cannot be undone: it asks first, in words that say what will be gone. */
import { Button, type ButtonProps, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

import { Trouble } from "./states";

interface Props extends ButtonProps {
  children: ReactNode;
  /** The question, such as “Delete this query?”. */
  title: string;
  /** What follows from it. */
  explains: ReactNode;
  /** What the button of the dialog says; as the first one when not given. */
  confirm?: string;
  onConfirm: () => Promise<unknown>;
  isWaiting?: boolean;
  error?: unknown;
}

export function ConfirmButton({ children, title, explains, confirm, onConfirm, isWaiting, error, ...button }: Props) {
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" {...button} onClick={dialog.open}>
        {children}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={title} centered closeButtonProps={{ "aria-label": "Close" }}>
        <Stack>
          <Text component="div">{explains}</Text>
          <Trouble error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close} data-autofocus>
              Keep it
            </Button>
            <Button color="red.9" loading={isWaiting} onClick={() => void onConfirm().then(dialog.close, () => {})}>
              {confirm ?? children}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
