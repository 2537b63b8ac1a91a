/** The bucket that is connected: how it does, and what can be done with it. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";

import { useChange } from "../../../api/data";
import type { StorageSettingsQuery } from "../../../api/generated/graphql";
import { accepted, Failure } from "../../../api/request";
import { ConfirmButton } from "../../../ui/confirm";
import { count } from "../../../ui/format";
import { notice } from "../../../ui/notice";
import { State } from "../../../ui/state";
import { Trouble } from "../../../ui/states";
import { Time } from "../../../ui/time";
import { Facts } from "../facts";
import { BACKFILL_BUCKET, DISCONNECT_BUCKET, RESUME_BUCKET } from "./documents";
import { Steps } from "./steps";

type Bucket = NonNullable<NonNullable<StorageSettingsQuery["workspace"]>["bucket"]>;

export function Connected({ bucket, onChange }: { bucket: Bucket; onChange: () => void }) {
  const { name } = bucket;
  const resume = useChange(RESUME_BUCKET, { pick: (data) => data.resumeBucket });
  const backfill = useChange(BACKFILL_BUCKET, { pick: (data) => accepted(data.backfillBucket) });
  const disconnect = useChange(DISCONNECT_BUCKET, { pick: (data) => accepted(data.disconnectBucket) });

  const sendEarlier = async () => {
    const { queued } = await backfill.mutateAsync({ name });
    const message = queued
      ? `${count(queued)} earlier results are on their way.`
      : "All earlier results lie there already, or are on their way.";
    notice("Earlier results", message);
  };
  const refused = resume.data?.userErrors[0];
  const resumed = refused ? new Failure(refused.code, refused.message) : resume.error;
  // A test that was not kept is newer than the one that was.
  const test = (refused ? resume.data?.test : null) ?? bucket.lastTest;
  return (
    <Stack>
      {bucket.state === "PAUSED" ? (
        <Alert
          color="yellow"
          variant="light"
          title="Nothing is sent to it"
          styles={{ title: { color: "var(--mantine-color-text)" } }}
        >
          <Text size="sm" c="var(--mantine-color-text)">
            It failed for a day. Results wait here until you resume it.
          </Text>
        </Alert>
      ) : null}
      <Facts
        of={[
          ["State", <State key="state" of={bucket.state} />],
          ["Waiting", bucket.backlog === 1 ? "1 result" : `${count(bucket.backlog)} results`],
          ["Failing since", <Time key="failing" at={bucket.failingSince} none="It is not failing" />],
          ["Bucket", name],
          ["Endpoint", bucket.endpoint],
          ["Region", bucket.region],
          ["Prefix", bucket.prefix || "None"],
          ["Addressing", bucket.pathStyle ? "In the path" : "In the host name"],
          ["Access key id", `Ends in ${bucket.accessKeyIdLast4}`],
          ["Connected", <Time key="connected" at={bucket.connectedAt} />],
        ]}
      />
      {test ? <Steps test={test} /> : <Text c="dimmed">It was not tested.</Text>}
      <Trouble error={resumed} title="It is still paused" />
      <Trouble error={backfill.error} />
      <Group gap="xs">
        {bucket.state === "PAUSED" ? (
          <Button size="sm" loading={resume.isPending} onClick={() => resume.mutate({ name })}>
            Resume
          </Button>
        ) : null}
        <Button size="sm" variant="default" onClick={onChange}>
          Change
        </Button>
        <Button
          size="sm"
          variant="default"
          loading={backfill.isPending}
          onClick={() => void sendEarlier().catch(() => {})}
        >
          Send earlier results
        </Button>
        <ConfirmButton
          size="sm"
          title="Disconnect the bucket?"
          explains={
            <>
              The key to “{name}” is forgotten, and no result is written to it any more. What lies in it stays there.
              {bucket.backlog > 0 ? ` ${count(bucket.backlog)} results that wait for it are not sent.` : null}
            </>
          }
          onConfirm={() => disconnect.mutateAsync({ name })}
          isWaiting={disconnect.isPending}
          error={disconnect.error}
        >
          Disconnect
        </ConfirmButton>
      </Group>
    </Stack>
  );
}
