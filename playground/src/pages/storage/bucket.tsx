/** Whether a file is in the bucket that is connected. */
import type { DeliveryStatus } from "../../api/generated/graphql";
import { State } from "../../ui/state";

const LABELS: Record<DeliveryStatus, string> = {
  PENDING: "On its way",
  SUCCEEDED: "In the bucket",
  FAILED: "Failed",
  SKIPPED: "Not sent",
};

export function BucketState({ delivery }: { delivery: { status: DeliveryStatus } | null }) {
  if (!delivery) return <span>–</span>;
  return <State of={delivery.status} label={LABELS[delivery.status]} />;
}
