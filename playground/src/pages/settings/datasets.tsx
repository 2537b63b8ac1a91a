/** The workspace's own posts: what is there, and a place to upload more. */
import { Stack, Text } from "@mantine/core";

import { PAGE, useChange, usePages } from "../../api/data";
import type { DatasetListQuery } from "../../api/generated/graphql";
import { accepted } from "../../api/request";
import { useMay } from "../../shell/session";
import { ConfirmButton } from "../../ui/confirm";
import { bytes, count } from "../../ui/format";
import { type Column, LongList } from "../../ui/list";
import { Section } from "../../ui/page";
import { Empty, Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { Upload } from "./dataset/upload";
import { DATASETS, DELETE_DATASET } from "./documents";

type Row = NonNullable<DatasetListQuery["datasets"]>["nodes"][number];

export function Datasets() {
  const mayWrite = useMay("write");
  return (
    <Stack>
      {mayWrite ? (
        <Section title="Upload a dataset">
          <Upload />
        </Section>
      ) : (
        <Text>Datasets can be uploaded and deleted only with a key of scope write.</Text>
      )}
      <DatasetTable mayWrite={mayWrite} />
    </Stack>
  );
}

function DatasetTable({ mayWrite }: { mayWrite: boolean }) {
  const pages = usePages(DATASETS, { first: PAGE }, (data) => data.datasets);
  if (pages.error && !pages.data)
    return <Trouble title="Could not load the datasets" error={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.data) return <Loading what="the datasets" />;
  if (pages.items.length === 0)
    return <Empty title="No dataset yet">A dataset is a file of posts that questions can be asked of.</Empty>;
  const columns: Column<Row>[] = [
    { title: "Source", width: "minmax(120px, 2fr)", cell: ({ source }) => <b>{source}</b> },
    { title: "Version", width: "70px", cell: ({ version }) => version },
    { title: "Documents", width: "96px", cell: ({ documents }) => count(documents) },
    { title: "Size", width: "80px", cell: ({ sizeBytes }) => bytes(sizeBytes) },
    { title: "Uploaded", width: "minmax(140px, 1fr)", cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
  if (mayWrite)
    columns.push({ title: "Actions", width: "92px", isUnlabelled: true, cell: (row) => <Delete row={row} /> });
  return (
    <LongList
      label="Datasets"
      items={pages.items}
      total={pages.total}
      columns={columns}
      id={({ id }) => id}
      minWidth={700}
      heights={[52, 136]}
      more={pages}
    />
  );
}

function Delete({ row: { id, name } }: { row: Row }) {
  const remove = useChange(DELETE_DATASET, { pick: (data) => accepted(data.deleteDataset), gone: () => [id] });
  return (
    <ConfirmButton
      size="xs"
      title="Delete this dataset?"
      explains={`All versions of “${name}” are deleted. Results that were computed from it stay.`}
      onConfirm={() => remove.mutateAsync({ name })}
      isWaiting={remove.isPending}
      error={remove.error}
      aria-label={`Delete ${name}`}
      confirm="Delete"
    >
      Delete
    </ConfirmButton>
  );
}
