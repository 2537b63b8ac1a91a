/** What a part of a page shows while it has nothing to show, and why. */
import { Alert, Button, Center, Group, Loader, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";

export function Loading({ what, rows = 4 }: { what: string; rows?: number }) {
  return (
    <Stack role="status" aria-label={`Loading ${what}`} gap="xs">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={36} />
      ))}
    </Stack>
  );
}

export function Waiting({ what }: { what: string }) {
  return (
    <Center p="md">
      <Loader size="sm" aria-label={what} />
    </Center>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="card">
      <Stack align="center" gap="xs" py="xl" ta="center">
        <Title order={2} size="h4">
          {title}
        </Title>
        {children ? <Text c="dimmed">{children}</Text> : null}
        {action}
      </Stack>
    </div>
  );
}

/** What went wrong, in the server's words, and a way to try it again. */
export function Trouble({
  error,
  onRetry,
  title = "That did not work",
}: {
  error: unknown;
  onRetry?: () => void;
  title?: string;
}) {
  if (!error) return null;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Alert role="alert" color="red" variant="light" title={title} icon={<IconAlertTriangle aria-hidden />}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="var(--mantine-color-text)">
          {message}
        </Text>
        {onRetry ? (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        ) : null}
      </Group>
    </Alert>
  );
}

/** What a query has: its data, or what is shown in its place. */
export function Shown<Data>({
  query,
  what,
  children,
}: {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown };
  what: string;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error)
    return <Trouble title={`Could not load ${what}`} error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading what={what} />;
}
