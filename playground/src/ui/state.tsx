/** What something is at, as a word with a colour. */
import type { CoverageStatus, DeliveryStatus, JobStatus, QueryState } from "../api/generated/graphql";
import { words } from "./format";

export type Tone = "good" | "bad" | "warn" | "calm" | "soft";

const TONES: Record<string, Tone> = {
  COMPLETED: "good",
  COMPLETE: "good",
  SUCCEEDED: "good",
  READY: "good",
  ENABLED: "good",
  ACTIVE: "good",
  RUNNING: "calm",
  QUEUED: "calm",
  PENDING: "calm",
  FAILED: "bad",
  ERROR: "bad",
  DISABLED: "bad",
  TRUNCATED: "warn",
  PARTIAL: "warn",
  PAUSED: "warn",
  RATE_LIMITED: "warn",
  AUTH_MISSING: "warn",
  SKIPPED: "warn",
};

type Known = JobStatus | QueryState | CoverageStatus | DeliveryStatus;

export function State({ of, label }: { of: Known | (string & {}); label?: string }) {
  return (
    <span className="state" data-tone={TONES[of.toUpperCase()] ?? "soft"}>
      {label ?? words(of)}
    </span>
  );
}
