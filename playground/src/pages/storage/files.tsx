/** The list of files, and what is done with those that are selected. */
import { Anchor, Button, Checkbox, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";

import { PAGE, usePages } from "../../api/data";
import type { StorageObjectFilter, StorageObjectOrder, StorageQuery } from "../../api/generated/graphql";
import { useMay } from "../../shell/session";
import { bytes, count } from "../../ui/format";
import { type Column, LongList } from "../../ui/list";
import { Empty, Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { BucketState } from "./bucket";
import { DeleteFiles } from "./delete_files";
import { files, useUsage } from "./deleting";
import { FILES } from "./documents";
import { exportPath, isNarrowed } from "./filter";

type Row = NonNullable<StorageQuery["storageObjects"]>["nodes"][number];

export function Files({ filter, orderBy }: { filter: StorageObjectFilter; orderBy: StorageObjectOrder }) {
  const mayWrite = useMay("write");
  const list = usePages(FILES, { first: PAGE, filter, orderBy }, (data) => data.storageObjects);
  const selection = useSelection(list.items);
  const columns = mayWrite ? [selectColumn(selection), ...COLUMNS] : COLUMNS;
  return (
    <Stack>
      <Trouble title="Could not load the files" error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && !list.error ? <Loading what="files" rows={8} /> : null}
      {list.isSuccess && list.items.length === 0 ? <Nothing isNarrowed={isNarrowed(filter)} /> : null}
      {list.items.length > 0 ? (
        <>
          <Group justify="space-between">
            <Usage filter={filter} total={list.total} />
            <Exports filter={filter} />
          </Group>
          {mayWrite ? (
            <SelectionBar
              selection={selection}
              filter={filter}
              shown={list.items.length}
              total={list.total ?? list.items.length}
            />
          ) : null}
          <LongList
            label="Files"
            items={list.items}
            total={list.total}
            columns={columns}
            id={(row) => row.id}
            heights={[52, 196]}
            more={list}
          />
        </>
      ) : null}
    </Stack>
  );
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  const mayWrite = useMay("write");
  if (isNarrowed) return <Empty title="No file fits">Try another part of a key, or other days.</Empty>;
  const ask = (
    <Button component={Link} href="/new">
      New query
    </Button>
  );
  return (
    <Empty title="No files yet" action={mayWrite ? ask : null}>
      Each answered question is stored here as a JSON file.
    </Empty>
  );
}

function Usage({ filter, total }: { filter: StorageObjectFilter; total: number | null }) {
  const usage = useUsage(filter, useMay("write"));
  if (total === null) return <span />;
  return (
    <span role="status">
      {files(total)}
      {usage.data ? `, ${bytes(usage.data.bytes)}` : null}
    </span>
  );
}

function Exports({ filter }: { filter: StorageObjectFilter }) {
  return (
    <Group gap="xs" role="group" aria-label="All files that fit">
      <Button component="a" variant="default" size="compact-md" href={exportPath(filter, "ndjson")} download>
        Export as NDJSON
      </Button>
      <Button component="a" variant="default" size="compact-md" href={exportPath(filter, "zip")} download>
        Export as zip
      </Button>
    </Group>
  );
}

interface Selection {
  /** Those of the list that are selected. */
  keys: string[];
  /** Whether all that fit are, also those that are not loaded yet. */
  isEverything: boolean;
  has: (key: string) => boolean;
  toggle: (key: string) => void;
  chooseShown: (isChosen: boolean) => void;
  chooseEverything: () => void;
}

function useSelection(items: Row[]): Selection {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [isEverything, setEverything] = useState(false);
  const has = (key: string) => isEverything || picked.has(key);
  const keys = items.map(({ key }) => key).filter(has);
  return {
    keys,
    isEverything,
    has,
    toggle: (key) => {
      setEverything(false);
      setPicked(new Set(has(key) ? keys.filter((other) => other !== key) : [...keys, key]));
    },
    chooseShown: (isChosen) => {
      setEverything(false);
      setPicked(new Set(isChosen ? items.map(({ key }) => key) : []));
    },
    chooseEverything: () => setEverything(true),
  };
}

function SelectionBar({
  selection,
  filter,
  shown,
  total,
}: {
  selection: Selection;
  filter: StorageObjectFilter;
  shown: number;
  total: number;
}) {
  const { keys, isEverything } = selection;
  const isAllShown = keys.length === shown;
  const chosen = isEverything ? total : keys.length;
  return (
    <Group>
      <Checkbox
        size="md"
        label={`Select all ${count(shown)} shown`}
        checked={isAllShown}
        indeterminate={keys.length > 0 && !isAllShown}
        onChange={(event) => selection.chooseShown(event.currentTarget.checked)}
      />
      {isAllShown && !isEverything && total > shown ? (
        <Button variant="default" size="compact-md" onClick={selection.chooseEverything}>
          {`Select all ${count(total)} that fit`}
        </Button>
      ) : null}
      <DeleteFiles
        size="compact-md"
        disabled={chosen === 0}
        doomed={isEverything ? { filter } : { keys }}
        title="Delete what is selected?"
        onDeleted={() => selection.chooseShown(false)}
      >
        {chosen === 0 ? "Delete files" : `Delete ${files(chosen)}`}
      </DeleteFiles>
      <span role="status">{chosen === 0 ? "" : `${count(chosen)} selected`}</span>
    </Group>
  );
}

function selectColumn(selection: Selection): Column<Row> {
  const cell = (row: Row) => (
    <Checkbox
      size="md"
      aria-label={`Select ${row.key}`}
      checked={selection.has(row.key)}
      onChange={() => selection.toggle(row.key)}
    />
  );
  return { title: "Select", width: "28px", isUnlabelled: true, cell };
}

const COLUMNS: Column<Row>[] = [
  { title: "Key", width: "minmax(0, 2.4fr)", cell: (row) => <KeyLink storageKey={row.key} /> },
  { title: "Query", width: "minmax(0, 2.4fr)", cell: (row) => <QueryLink query={row.query} size="sm" /> },
  { title: "Size", width: "72px", cell: (row) => bytes(row.sizeBytes) },
  { title: "Created", width: "minmax(0, 1.2fr)", cell: (row) => <Time at={row.createdAt} /> },
  { title: "Expires", width: "minmax(0, 1.2fr)", cell: (row) => <Time at={row.expiresAt} none="Never" /> },
  { title: "Bucket", width: "112px", cell: (row) => <BucketState delivery={row.bucketDelivery} /> },
];

/** Where room is short, the beginning of a key is cut: files of a query differ in the time at its end. */
function KeyLink({ storageKey }: { storageKey: string }) {
  const border = storageKey.lastIndexOf("_");
  // Beside it is the column's name, on a narrow screen.
  const style = { display: "inline-flex", maxWidth: "calc(100% - 34px)", verticalAlign: "bottom" };
  return (
    <Anchor
      component={Link}
      size="sm"
      href={`/storage/${encodeURIComponent(storageKey)}`}
      title={storageKey}
      aria-label={storageKey}
      style={style}
    >
      <span style={{ overflow: "hidden", textOverflow: "ellipsis" }}>{storageKey.slice(0, border + 1)}</span>
      <span style={{ flex: "none" }}>{storageKey.slice(border + 1)}</span>
    </Anchor>
  );
}

export function QueryLink({ query, size }: { query: Row["query"]; size?: "sm" }) {
  if (!query) return <span>Deleted</span>;
  const words = query.name ?? query.prompt;
  return (
    <Anchor component={Link} size={size} href={`/queries/${query.id}`} title={words}>
      {words}
    </Anchor>
  );
}
