/** One file: what is known of it, the ways to take it along, and what it has in it. */
import { Anchor, Button, Code, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { useData } from "../../api/data";
import type { StorageFileQuery } from "../../api/generated/graphql";
import { downloadPath, readPart } from "../../api/rest";
import { useMay } from "../../shell/session";
import { Copy } from "../../ui/copy";
import { bytes, count } from "../../ui/format";
import { Page, Section } from "../../ui/page";
import { State } from "../../ui/state";
import { Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { BucketState } from "./bucket";
import { DeleteFiles } from "./delete_files";
import { FILE } from "./documents";
import { QueryLink } from "./files";
import { Preview } from "./preview";
import { Share } from "./share";

type File = NonNullable<StorageFileQuery["storageObject"]>;

export default function FilePage({ storageKey }: { storageKey: string }) {
  const query = useData(FILE, { key: storageKey });
  const file = query.data?.storageObject;
  return (
    <Page
      title="File"
      about={
        <Code style={{ overflowWrap: "anywhere", background: "none", padding: 0 }}>{file?.key ?? storageKey}</Code>
      }
      actions={file ? <Actions file={file} /> : <AllFiles />}
    >
      {file ? (
        <Stack>
          <Facts file={file} />
          <Share storageKey={file.key} />
          <Preview storageKey={file.key} size={file.sizeBytes} contentType={file.contentType} />
        </Stack>
      ) : null}
      {file === null ? <WhyNot storageKey={storageKey} onThere={() => void query.refetch()} /> : null}
      {file === undefined && query.error ? (
        <Trouble title="Could not load the file" error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {file === undefined && !query.error ? <Loading what="the file" rows={8} /> : null}
    </Page>
  );
}

function AllFiles() {
  return (
    <Anchor component={Link} href="/storage">
      All files
    </Anchor>
  );
}

/** Whether it is unknown, not ready yet or deleted, the server says where it is downloaded. */
function WhyNot({ storageKey, onThere }: { storageKey: string; onThere: () => void }) {
  const asked = useQuery({
    queryKey: ["StorageWhyNot", storageKey],
    queryFn: ({ signal }) => readPart(storageKey, 0, 1, signal),
    gcTime: 0,
  });
  if (asked.isPending) return <Loading what="why the file is not there" rows={1} />;
  // It came meanwhile.
  const error = asked.error ?? new Error("The file was not there a moment ago, and is now.");
  const again = () => (asked.error ? void asked.refetch().then(({ error: still }) => still ?? onThere()) : onThere());
  return <Trouble title="This file is not there" error={error} onRetry={again} />;
}

function Actions({ file }: { file: File }) {
  const [, go] = useLocation();
  const mayWrite = useMay("write");
  return (
    <>
      <AllFiles />
      <Button component={Link} href={`/results/${encodeURIComponent(file.key)}`}>
        Open as a result
      </Button>
      <Button component="a" variant="default" href={downloadPath(file.key)} download={file.key}>
        Download JSON
      </Button>
      <Button
        component="a"
        variant="default"
        href={downloadPath(file.key, "csv")}
        download={file.key.replace(/\.json$/, ".csv")}
      >
        Download CSV
      </Button>
      <Copy text={curl(file.key)}>Copy curl command</Copy>
      {mayWrite ? (
        <DeleteFiles doomed={{ keys: [file.key] }} title="Delete this file?" onDeleted={() => go("/storage")}>
          Delete
        </DeleteFiles>
      ) : null}
    </>
  );
}

/** The key of who runs it is not known here, and has no place in what is copied. */
function curl(key: string): string {
  const address = new URL(downloadPath(key), document.baseURI).href;
  return `curl --fail -H "Authorization: Bearer $KEY" -o '${key}' '${address}'`;
}

function Facts({ file }: { file: File }) {
  return (
    <Section title="Facts">
      <dl
        style={{
          display: "grid",
          gridTemplateColumns: "auto minmax(0, 1fr)",
          gap: "6px 16px",
          margin: 0,
          overflowWrap: "anywhere",
        }}
      >
        <Fact name="Key">{file.key}</Fact>
        <Fact name="Query">
          <QueryLink query={file.query} />
        </Fact>
        <Fact name="Run">{file.job ? <RunLink job={file.job} /> : "Deleted"}</Fact>
        <Fact name="Size">{`${bytes(file.sizeBytes)} (${count(file.sizeBytes)} bytes)`}</Fact>
        <Fact name="SHA-256">
          <Group gap="xs">
            <Code style={{ overflowWrap: "anywhere" }}>{file.sha256}</Code>
            <Copy text={file.sha256} size="compact-sm">
              Copy SHA-256
            </Copy>
          </Group>
        </Fact>
        <Fact name="Created">
          <Time at={file.createdAt} />
        </Fact>
        <Fact name="Expires">
          <Time at={file.expiresAt} none="Never" />
        </Fact>
        {file.bucketDelivery ? (
          <Fact name="Bucket">
            <BucketState delivery={file.bucketDelivery} />
          </Fact>
        ) : null}
      </dl>
    </Section>
  );
}

function RunLink({ job }: { job: NonNullable<File["job"]> }) {
  return (
    <Group gap="xs">
      <Anchor component={Link} href={`/jobs/${job.id}`}>
        {job.id}
      </Anchor>
      <State of={job.status} />
    </Group>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt style={{ color: "var(--text-soft)" }}>{name}</dt>
      <dd style={{ margin: 0 }}>{children}</dd>
    </>
  );
}
