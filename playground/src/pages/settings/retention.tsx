/** For how many days things are kept; what a change would delete is shown before it is made. */
import { Button, Group, Modal, NumberInput, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";

import { useChange } from "../../api/data";
import type { SetRetentionMutation, StorageSettingsQuery } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { bytes, count } from "../../ui/format";
import { notice } from "../../ui/notice";
import { Scroll } from "../../ui/scroll";
import { Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { SET_RETENTION } from "./bucket/documents";
import { fieldError, otherError, wholeNumber } from "./fields";

type Policy = NonNullable<NonNullable<StorageSettingsQuery["workspace"]>["retention"]>;
type Preview = NonNullable<SetRetentionMutation["setRetentionPolicy"]["preview"]>;
type Field = keyof Policy;

const FIELDS: { field: Field; label: string; empty: string }[] = [
  { field: "resultDays", label: "Results (days)", empty: "Empty: until somebody deletes them." },
  {
    field: "deliveryDays",
    label: "Deliveries (days)",
    empty: "After they have ended. Empty: as long as their events.",
  },
  { field: "eventDays", label: "Events (days)", empty: "Empty: as long as the server’s settings say." },
  { field: "scrapeLogDays", label: "Scrape logs (days)", empty: "Raw exchanges with sources." },
];
const LONGEST = 36_500;

export function Retention({ policy }: { policy: Policy }) {
  const [days, setDays] = useState<Record<Field, number | string>>({
    resultDays: policy.resultDays ?? "",
    deliveryDays: policy.deliveryDays ?? "",
    eventDays: policy.eventDays ?? "",
    scrapeLogDays: policy.scrapeLogDays,
  });
  const [isAsking, setAsking] = useState(false);
  const preview = useChange(SET_RETENTION, { pick: (data) => accepted(data.setRetentionPolicy), stale: "none" });
  const save = useChange(SET_RETENTION, { pick: (data) => accepted(data.setRetentionPolicy) });

  const input = () => ({
    resultDays: wholeNumber(days.resultDays),
    deliveryDays: wholeNumber(days.deliveryDays),
    eventDays: wholeNumber(days.eventDays),
    scrapeLogDays: wholeNumber(days.scrapeLogDays),
  });
  const look = () => preview.mutateAsync({ input: { ...input(), dryRun: true } });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    save.reset();
    void look().then(
      () => setAsking(true),
      () => {},
    );
  };
  const confirm = async () => {
    await save.mutateAsync({ input: input() });
    setAsking(false);
    preview.reset();
    notice("Retention policy saved", "What is due goes within minutes.");
  };
  const shown = preview.data?.preview;
  return (
    <form onSubmit={ask} aria-label="Retention policy">
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {FIELDS.map(({ field, label, empty }) => (
            <NumberInput
              key={field}
              label={label}
              description={empty}
              min={1}
              max={LONGEST}
              allowDecimal={false}
              hideControls
              required={field === "scrapeLogDays"}
              value={days[field]}
              onChange={(value) => {
                setDays((before) => ({ ...before, [field]: value }));
                preview.reset();
              }}
              error={fieldError(preview.error, field)}
            />
          ))}
        </SimpleGrid>
        <Trouble
          error={otherError(
            preview.error,
            FIELDS.map(({ field }) => field),
          )}
        />
        <Group gap="xs">
          <Button type="submit" loading={preview.isPending}>
            Save
          </Button>
          <Button variant="default" disabled={preview.isPending} onClick={() => void look().catch(() => {})}>
            Preview
          </Button>
        </Group>
        <div role="status">{shown && !isAsking ? <Extents of={shown} /> : null}</div>
      </Stack>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title="Save the retention policy?"
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <Stack>
          {shown ? <Extents of={shown} /> : null}
          <Text>What is deleted cannot be brought back.</Text>
          <Trouble error={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              Cancel
            </Button>
            <Button color="red.9" loading={save.isPending} onClick={() => void confirm().catch(() => {})}>
              Save the policy
            </Button>
          </Group>
        </Stack>
      </Modal>
    </form>
  );
}

function Extents({ of }: { of: Preview }) {
  const rows = [
    { what: "Results", extent: of.results, hasBytes: true },
    { what: "Deliveries", extent: of.deliveries, hasBytes: false },
    { what: "Events", extent: of.events, hasBytes: false },
    { what: "Scrape logs", extent: of.scrapeLogs, hasBytes: false },
  ];
  const isNothing = rows.every(({ extent }) => extent.count === 0);
  return (
    <>
      <Text mb="xs">{isNothing ? "Nothing would be deleted now." : "This would be deleted now:"}</Text>
      <Scroll minWidth={520}>
        <Table aria-label="What would be deleted">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th className="number">How many</Table.Th>
              <Table.Th className="number">Size</Table.Th>
              <Table.Th>Oldest</Table.Th>
              <Table.Th>Newest</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ what, extent, hasBytes }) => (
              <Table.Tr key={what}>
                <Table.Th scope="row">{what}</Table.Th>
                <Table.Td className="number">{count(extent.count)}</Table.Td>
                <Table.Td className="number">{hasBytes ? bytes(extent.bytes) : "–"}</Table.Td>
                <Table.Td>
                  <Time at={extent.oldest} />
                </Table.Td>
                <Table.Td>
                  <Time at={extent.newest} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </>
  );
}
