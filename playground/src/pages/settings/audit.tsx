/** Who changed what in the workspace. */
import { Anchor, Modal, Select, Stack } from "@mantine/core";
import { useState } from "react";

import { PAGE, usePages } from "../../api/data";
import type { AuditLogQuery } from "../../api/generated/graphql";
import { type Column, LongList } from "../../ui/list";
import { Empty, Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { AUDIT_LOG } from "./documents";
import { Facts } from "./facts";

type Entry = NonNullable<AuditLogQuery["auditLog"]>["nodes"][number];

/** The names that the log knows; the server refuses any other. */
const OPERATIONS = [
  {
    group: "Queries",
    items: [
      "createQuery",
      "updateQuery",
      "deleteQuery",
      "runQuery",
      "scheduleQuery",
      "unscheduleQuery",
      "pauseQuery",
      "resumeQuery",
      "backfillQuery",
    ],
  },
  {
    group: "Jobs and results",
    items: ["retryJob", "cancelJob", "deleteStorageObjects", "createDownloadLink", "revokeDownloadLink"],
  },
  { group: "Datasets", items: ["uploadDataset", "deleteDataset"] },
  {
    group: "Webhooks",
    items: [
      "createWebhookEndpoint",
      "updateWebhookEndpoint",
      "deleteWebhookEndpoint",
      "rotateWebhookSecret",
      "rotateSigningSecret",
      "testWebhookEndpoint",
      "redeliver",
      "recoverDeliveries",
    ],
  },
  { group: "Bucket", items: ["connectBucket", "resumeBucket", "disconnectBucket", "backfillBucket"] },
  { group: "Keys and sessions", items: ["createApiKey", "revokeApiKey", "signIn", "signOut"] },
  { group: "Workspace", items: ["createWorkspace", "updateWorkspace", "setRetentionPolicy", "setWorkspaceShare"] },
];

const SHORT = 30;

export function Audit() {
  const [operation, setOperation] = useState<string | null>(null);
  return (
    <Stack>
      <Select
        label="Operation"
        placeholder="All operations"
        data={OPERATIONS}
        value={operation}
        onChange={setOperation}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Show all operations" }}
        maw={340}
        nothingFoundMessage="There is no such operation"
      />
      {/* Another filter is another list, which begins at its top. */}
      <Entries key={operation ?? ""} operation={operation} />
    </Stack>
  );
}

function Entries({ operation }: { operation: string | null }) {
  const filter = operation ? { operations: [operation] } : null;
  const pages = usePages(AUDIT_LOG, { first: PAGE, filter }, (data) => data.auditLog);
  const [shown, setShown] = useState<Entry | null>(null);
  if (pages.error && !pages.data)
    return <Trouble title="Could not load the audit log" error={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.data) return <Loading what="the audit log" />;
  if (pages.items.length === 0)
    return (
      <Empty title="Nothing here">
        {operation ? `There is no entry of ${operation}.` : "Nothing was changed yet."}
      </Empty>
    );
  const columns: Column<Entry>[] = [
    { title: "Time", width: "minmax(136px, 0.9fr)", cell: ({ at }) => <Time at={at} /> },
    { title: "Operation", width: "minmax(120px, 1fr)", cell: ({ operation: name }) => name },
    { title: "Key", width: "minmax(70px, 0.7fr)", cell: keyName },
    {
      title: "Object",
      width: "minmax(90px, 1fr)",
      cell: ({ objectId }) => <span title={objectId ?? undefined}>{objectId ?? "–"}</span>,
    },
    {
      title: "Detail",
      width: "minmax(110px, 1.3fr)",
      cell: (entry) => (
        <Anchor component="button" type="button" size="sm" onClick={() => setShown(entry)}>
          {short(entry.detail)}
        </Anchor>
      ),
    },
  ];
  return (
    <>
      <LongList
        label="Audit log"
        items={pages.items}
        total={pages.total}
        columns={columns}
        id={({ id }) => id}
        minWidth={740}
        heights={[44, 148]}
        more={pages}
      />
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={shown?.operation}
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        {shown ? (
          <Stack>
            <Facts
              of={[
                ["Time", <Time key="at" at={shown.at} />],
                ["Key", keyName(shown)],
                ["Object", shown.objectId ?? "–"],
              ]}
            />
            <pre className="code" tabIndex={0} aria-label="Detail">
              {JSON.stringify(shown.detail, null, 2)}
            </pre>
          </Stack>
        ) : null}
      </Modal>
    </>
  );
}

/** As much of it as a row has room for. */
function short(detail: unknown): string {
  if (detail == null) return "Show";
  const text = JSON.stringify(detail);
  return text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text;
}

/** What was done at the command line or by settings has no key. */
function keyName({ apiKey }: Entry): string {
  return apiKey?.name ?? "The operator";
}
