/** A secret that is shown once: it is gone when the dialog is closed. */
import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";

import { Copy } from "./copy";

export function SecretOnce({
  title,
  secret,
  onClose,
  note,
}: {
  title: string;
  secret: string | null;
  onClose: () => void;
  note: string;
}) {
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      centered
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Alert
          color="yellow"
          variant="light"
          title="Shown only now"
          styles={{ title: { color: "var(--mantine-color-text)" } }}
        >
          <Text size="sm" c="var(--mantine-color-text)">
            {note}
          </Text>
        </Alert>
        <pre className="code" tabIndex={0} aria-label="The secret">
          {secret}
        </pre>
        <Group justify="flex-end">
          <Copy text={secret ?? ""}>Copy</Copy>
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
