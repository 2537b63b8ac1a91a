/** What was tried with a bucket, step by step, and what came of it. */
import { List, Text } from "@mantine/core";

import type { BucketTestShownFragment, BucketTestStepName } from "../../../api/generated/graphql";
import { State } from "../../../ui/state";
import { Time } from "../../../ui/time";

const TITLES: Record<BucketTestStepName, string> = {
  CONNECT: "Connect",
  WRITE: "Write a small object",
  READ: "Read it again",
  DELETE: "Delete it",
};

export function Steps({ test }: { test: BucketTestShownFragment }) {
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4}>
        Tested <Time at={test.at} />: {test.ok ? "results can be sent." : "results cannot be sent."}
      </Text>
      <List type="ordered" aria-label="Steps of the test" spacing={4} styles={{ itemWrapper: { display: "inline" } }}>
        {test.steps.map(({ name, ok, code, message }) => (
          <List.Item key={name}>
            {TITLES[name]} <State of={ok ? "SUCCEEDED" : "FAILED"} label={ok ? "OK" : "Failed"} />{" "}
            {code ? <code>{code}</code> : null}
            {message ? (
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {message}
              </Text>
            ) : null}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
