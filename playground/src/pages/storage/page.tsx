/** Storage: the files that questions were answered with, by their keys. */
import { Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";

import { Page } from "../../ui/page";
import { Files } from "./files";
import { EVERYTHING, type Narrowed, ORDERS, type Sort, filterOf } from "./filter";

const SORTS: { value: Sort; label: string }[] = [
  { value: "newest", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
  { value: "largest", label: "Largest first" },
  { value: "smallest", label: "Smallest first" },
];

export function StoragePage() {
  const [narrowed, setNarrowed] = useState(EVERYTHING);
  const [sort, setSort] = useState<Sort>("newest");
  const [settled] = useDebouncedValue(narrowed, 300);
  const filter = filterOf(settled);
  return (
    <Page title="Storage" about="Each answer is a file here. Its key is the id of the query with the time of the run.">
      <Stack>
        <Group align="flex-start">
          <Filters value={narrowed} onChange={setNarrowed} />
          <NativeSelect
            label="Sort"
            value={sort}
            data={SORTS}
            onChange={(event) => setSort(event.currentTarget.value as Sort)}
          />
        </Group>
        {/* Another list has other files, and nothing of it is selected. */}
        <Files key={JSON.stringify([filter, sort])} filter={filter} orderBy={ORDERS[sort]} />
      </Stack>
    </Page>
  );
}

function Filters({ value, onChange }: { value: Narrowed; onChange: (value: Narrowed) => void }) {
  const isBackwards = value.from !== "" && value.to !== "" && value.to < value.from;
  return (
    <>
      <TextInput
        label="Search"
        placeholder="Part of a key"
        value={value.search}
        onChange={(event) => onChange({ ...value, search: event.currentTarget.value })}
        w={260}
        maw="100%"
      />
      <TextInput
        label="From"
        type="date"
        max="9999-12-31"
        value={value.from}
        onChange={(event) => onChange({ ...value, from: event.currentTarget.value })}
      />
      <TextInput
        label="To"
        type="date"
        max="9999-12-31"
        value={value.to}
        error={isBackwards ? "Before the first day" : undefined}
        onChange={(event) => onChange({ ...value, to: event.currentTarget.value })}
      />
    </>
  );
}
