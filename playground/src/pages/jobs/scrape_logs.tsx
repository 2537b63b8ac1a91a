/** What the sources of a run were asked and answered, as long as that is kept. */
import { Button, Code, Modal, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import { useData } from "../../api/data";
import { graphql } from "../../api/generated";
import type { ScrapeLogsQuery } from "../../api/generated/graphql";
import { bytes, count, duration } from "../../ui/format";
import { Section } from "../../ui/page";
import { Scroll } from "../../ui/scroll";
import { Shown } from "../../ui/states";
import { Time } from "../../ui/time";

const LOGS = graphql(`
  query ScrapeLogs($jobId: ID!) {
    job(id: $jobId) {
      id
      scrapeLogs(first: 50) {
        totalCount
        nodes {
          id
          source
          at
          method
          url
          durationMs
          statusCode
          error
          sizeBytes
          documents
        }
      }
    }
  }
`);

const BODY = graphql(`
  query ScrapeLogBody($id: ID!) {
    node(id: $id) {
      ... on ScrapeLog {
        id
        body(maxBytes: 65536)
      }
    }
  }
`);

type Log = NonNullable<NonNullable<ScrapeLogsQuery["job"]>["scrapeLogs"]>["nodes"][number];

export function ScrapeLogs({ jobId }: { jobId: string }) {
  const logs = useData(LOGS, { jobId });
  const [open, setOpen] = useState<Log | null>(null);
  const list = logs.data?.job?.scrapeLogs;
  if (list && list.nodes.length === 0) return null;
  return (
    <Section
      title="What was asked of the sources"
      aside={
        list ? (
          <Text size="sm">{`the newest ${list.nodes.length} of ${count(list.totalCount ?? list.nodes.length)}`}</Text>
        ) : null
      }
    >
      <Shown query={logs} what="the log">
        {() => <Logs logs={list?.nodes ?? []} onOpen={setOpen} />}
      </Shown>
      <Modal opened={open !== null} onClose={() => setOpen(null)} title="What it answered" size="xl">
        {open ? <Body log={open} /> : null}
      </Modal>
    </Section>
  );
}

function Logs({ logs, onOpen }: { logs: Log[]; onOpen: (log: Log) => void }) {
  return (
    <Scroll minWidth={720}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Source</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th>Request</Table.Th>
            <Table.Th>Answer</Table.Th>
            <Table.Th className="number">Took</Table.Th>
            <Table.Th className="number">Posts</Table.Th>
            <Table.Th aria-label="Body" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {logs.map((log) => (
            <Table.Tr key={log.id}>
              <Table.Td>{log.source}</Table.Td>
              <Table.Td>
                <Time at={log.at} />
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {log.method} {log.url}
              </Table.Td>
              <Table.Td>{log.error ?? log.statusCode}</Table.Td>
              <Table.Td className="number">{duration(log.durationMs)}</Table.Td>
              <Table.Td className="number">{log.documents ?? "–"}</Table.Td>
              <Table.Td>
                {log.sizeBytes === null ? null : (
                  <Button size="compact-sm" variant="default" onClick={() => onOpen(log)}>
                    {bytes(log.sizeBytes)}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function Body({ log }: { log: Log }) {
  const body = useData(BODY, { id: log.id });
  return (
    <Stack>
      <Code>
        {log.method} {log.url}
      </Code>
      <Shown query={body} what="the body">
        {({ node }) => (
          <pre className="code" tabIndex={0}>
            {(node && "body" in node ? node.body : null) ?? "Its body was not kept."}
          </pre>
        )}
      </Shown>
    </Stack>
  );
}
