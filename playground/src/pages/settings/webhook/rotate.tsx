/** Gives another secret, while the one before it signs as well for some hours. */
import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";

import { SecretOnce } from "../../../ui/secret";
import { Trouble } from "../../../ui/states";
import { fieldError, otherError, wholeNumber } from "../fields";

interface Props {
  /** What the button says. */
  children: string;
  explains: string;
  onRotate: (overlapHours: number | null) => Promise<string | null>;
  isWaiting: boolean;
  error: unknown;
}

const USUAL = 24;

export function RotateSecret({ children, explains, onRotate, isWaiting, error }: Props) {
  const [isOpen, dialog] = useDisclosure(false);
  const [hours, setHours] = useState<number | string>(USUAL);
  const [secret, setSecret] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onRotate(wholeNumber(hours)).then(
      (made) => {
        dialog.close();
        setSecret(made);
      },
      () => {},
    );
  };
  return (
    <>
      <Button size="sm" variant="default" onClick={dialog.open}>
        {children}
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title={children}
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <form onSubmit={submit}>
          <Stack>
            <Text>{explains}</Text>
            <NumberInput
              label="Overlap (hours)"
              description="For so long the secret before it signs as well: 0 to 168."
              min={0}
              max={168}
              allowDecimal={false}
              hideControls
              data-autofocus
              value={hours}
              onChange={setHours}
              error={fieldError(error, "overlapHours")}
            />
            <Trouble error={otherError(error, ["overlapHours"])} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={dialog.close}>
                Cancel
              </Button>
              <Button type="submit" loading={isWaiting}>
                Make another secret
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      <SecretOnce
        title="The new secret"
        secret={secret}
        onClose={() => setSecret(null)}
        note="Give it to the receiver, which checks signatures with it. It is not shown again."
      />
    </>
  );
}
