/** What can be done with a question and with one of its runs. */
import { Button } from "@mantine/core";
import { useLocation } from "wouter";

import { useChange } from "../../api/data";
import type { JobRowFragment } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { useMay } from "../../shell/session";
import { ConfirmButton } from "../../ui/confirm";
import { refused } from "../../ui/notice";
import { CANCEL_JOB, DELETE_QUERY, isOver, PAUSE_QUERY, RESUME_QUERY, RETRY_JOB, RUN_QUERY } from "./documents";

const SIZE = "compact-sm";

/** Runs a question now, and goes to where it can be seen running. */
export function RunNow({ queryId, size = SIZE }: { queryId: string; size?: string }) {
  const [, go] = useLocation();
  const run = useChange(RUN_QUERY, { pick: (data) => accepted(data.runQuery).job });
  if (!useMay("write")) return null;
  const start = () =>
    run.mutate({ queryId }, { onSuccess: (job) => job && go(`/jobs/${job.id}`), onError: (error) => refused(error) });
  return (
    <Button variant="default" size={size} loading={run.isPending} onClick={start}>
      Run now
    </Button>
  );
}

export function PauseOrResume({
  queryId,
  isPaused,
  size = SIZE,
}: {
  queryId: string;
  isPaused: boolean;
  size?: string;
}) {
  const pause = useChange(PAUSE_QUERY, { pick: (data) => accepted(data.pauseQuery) });
  const resume = useChange(RESUME_QUERY, { pick: (data) => accepted(data.resumeQuery) });
  if (!useMay("write")) return null;
  const change = isPaused ? resume : pause;
  return (
    <Button
      variant="default"
      size={size}
      loading={change.isPending}
      onClick={() => change.mutate({ queryId }, { onError: (error) => refused(error) })}
    >
      {isPaused ? "Resume" : "Pause"}
    </Button>
  );
}

export function DeleteQuery({
  queryId,
  onDeleted,
  size = SIZE,
}: {
  queryId: string;
  onDeleted?: () => void;
  size?: string;
}) {
  const remove = useChange(DELETE_QUERY, {
    pick: (data) => accepted(data.deleteQuery),
    gone: ({ queryId: id }) => [id],
  });
  if (!useMay("write")) return null;
  return (
    <ConfirmButton
      size={size}
      title="Delete this query?"
      explains="Its schedule ends and runs that have not ended are called off. Its results, runs and events stay."
      confirm="Delete the query"
      onConfirm={() => remove.mutateAsync({ queryId }).then(onDeleted)}
      isWaiting={remove.isPending}
      error={remove.error}
    >
      Delete
    </ConfirmButton>
  );
}

export function CancelJob({ job, size = SIZE }: { job: JobRowFragment; size?: string }) {
  const cancel = useChange(CANCEL_JOB, { pick: (data) => accepted(data.cancelJob) });
  if (!useMay("write") || isOver(job)) return null;
  return (
    <Button
      variant="default"
      size={size}
      loading={cancel.isPending}
      onClick={() => cancel.mutate({ jobId: job.id }, { onError: (error) => refused(error) })}
    >
      Cancel
    </Button>
  );
}

export function RetryJob({ job, size = SIZE }: { job: JobRowFragment; size?: string }) {
  const [, go] = useLocation();
  const retry = useChange(RETRY_JOB, { pick: (data) => accepted(data.retryJob).job });
  if (!useMay("write") || !isOver(job)) return null;
  const start = () =>
    retry.mutate(
      { jobId: job.id },
      { onSuccess: (made) => made && go(`/jobs/${made.id}`), onError: (error) => refused(error) },
    );
  return (
    <Button variant="default" size={size} loading={retry.isPending} onClick={start}>
      Run again for the same time
    </Button>
  );
}
