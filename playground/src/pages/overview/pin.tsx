/** Keeps a chart of a question on the overview, or takes it away from there. */
import { Button } from "@mantine/core";
import { IconPin, IconPinnedOff } from "@tabler/icons-react";

import { useChange, useData } from "../../api/data";
import type { PinChart } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { useMay } from "../../shell/session";
import { refused } from "../../ui/notice";
import { PIN_CHART, PINS, UNPIN_CHART } from "./documents";

export function PinButton({ queryId, chart, what }: { queryId: string; chart: PinChart; what: string }) {
  const pins = useData(PINS, {});
  const pin = useChange(PIN_CHART, { pick: (data) => accepted(data.pinChart) });
  const unpin = useChange(UNPIN_CHART, { pick: (data) => accepted(data.unpinChart) });
  if (!useMay("write") || !pins.data) return null;
  const found = pins.data.pins?.nodes.find((one) => one.chart === chart && one.query?.id === queryId);
  const toggle = () =>
    found
      ? unpin.mutate({ pinId: found.id }, { onError: (error) => refused(error) })
      : pin.mutate({ queryId, chart }, { onError: (error) => refused(error) });
  const Icon = found ? IconPinnedOff : IconPin;
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={pin.isPending || unpin.isPending}
      onClick={toggle}
      leftSection={<Icon size={14} aria-hidden />}
    >
      {found ? "Unpin" : "Pin"}
      <span className="sr-only">
        {" "}
        {what} {found ? "from" : "to"} the overview
      </span>
    </Button>
  );
}
