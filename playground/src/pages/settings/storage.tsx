/** The workspace's bucket, and how long it keeps things. */
import { Stack, Text } from "@mantine/core";
import { useState } from "react";

import { useData } from "../../api/data";
import { Section } from "../../ui/page";
import { Shown } from "../../ui/states";
import { Connected } from "./bucket/connected";
import { STORAGE_SETTINGS } from "./bucket/documents";
import { BucketForm } from "./bucket/form";
import { usePolling } from "./poll";
import { Retention } from "./retention";

const BACKLOG_WAIT = 5000;

export function StorageSettings() {
  const query = useData(STORAGE_SETTINGS, {});
  const [isChanging, setChanging] = useState(false);
  const bucket = query.data?.workspace?.bucket ?? null;
  usePolling((bucket?.backlog ?? 0) > 0 && !isChanging, BACKLOG_WAIT, query.refetch);
  return (
    <Shown query={query} what="the settings of storage">
      {({ bucketPresets, workspace }) => (
        <Stack>
          <Section title={bucket ? "Your bucket" : "Connect a bucket"}>
            {bucket && !isChanging ? (
              <Connected bucket={bucket} onChange={() => setChanging(true)} />
            ) : (
              <Stack gap="xs">
                {bucket ? null : (
                  <Text c="dimmed">
                    Every result is then written to it besides being kept here. It is tried before it is saved.
                  </Text>
                )}
                <BucketForm
                  presets={bucketPresets}
                  bucket={bucket}
                  onSaved={() => setChanging(false)}
                  onCancel={bucket ? () => setChanging(false) : undefined}
                />
              </Stack>
            )}
          </Section>
          {workspace?.retention ? (
            <Section title="Retention policy">
              <Retention policy={workspace.retention} />
            </Section>
          ) : null}
        </Stack>
      )}
    </Shown>
  );
}
