/** A result: the figures large, what they are made of, how they came about, and the ways out. */
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ResultDocument, downloadPath, readResult } from "../../api/rest";
import { Copy } from "../../ui/copy";
import { localTime, utcTime } from "../../ui/format";
import { Page, Section } from "../../ui/page";
import { Loading, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { PinButton } from "../overview/pin";
import { History } from "../query/history";
import { ShareButton } from "../storage/share";
import { AnswerParts } from "./parts/answer";
import { Covered, FunnelShown, Understood } from "./parts/explained";
import { Figures, Incomplete } from "./parts/figures";
import { PostsOf } from "./parts/posts";

export default function ResultPage({ storageKey }: { storageKey: string }) {
  const result = useQuery({
    queryKey: ["result", storageKey],
    queryFn: ({ signal }) => readResult(storageKey, signal),
    staleTime: Infinity,
  });
  if (result.error)
    return (
      <Page title="Result">
        <Trouble title="Could not load the result" error={result.error} onRetry={() => void result.refetch()} />
      </Page>
    );
  if (!result.data)
    return (
      <Page title="Result">
        <Loading what="the result" rows={8} />
      </Page>
    );
  return <Result storageKey={storageKey} document={result.data} />;
}

function Result({ storageKey, document }: { storageKey: string; document: ResultDocument }) {
  return (
    <Page
      title={document.prompt}
      about={<About document={document} />}
      actions={<Ways storageKey={storageKey} document={document} />}
    >
      <Stack>
        <Incomplete document={document} />
        <Section title="Figures" aside={<PinButton queryId={document.query_id} chart="FIGURES" what="the figures" />}>
          <Figures document={document} />
        </Section>
        <AnswerParts document={document} />
        {document.output === undefined ? null : (
          <Section title="In the form that was asked for">
            <pre className="code" tabIndex={0}>
              {JSON.stringify(document.output, null, 2)}
            </pre>
          </Section>
        )}
        <PostsOf document={document} />
        <Understood document={document} />
        <Covered document={document} />
        <FunnelShown document={document} />
        <History queryId={document.query_id} shown={storageKey} />
      </Stack>
    </Page>
  );
}

function About({ document }: { document: ResultDocument }) {
  const { window, timezone } = document;
  return (
    <Text size="sm" c="dimmed">
      <span
        title={`${utcTime(window.from)} to ${utcTime(window.to)}`}
      >{`From ${localTime(window.from)} to ${localTime(window.to)}`}</span>
      {`; days are those of ${timezone}. Answered `}
      <Time at={document.completed_at} />.{" "}
      <Anchor component={Link} underline="always" href={`/queries/${document.query_id}`}>
        The query
      </Anchor>
      {" · "}
      <Anchor component={Link} underline="always" href={`/jobs/${document.job_id}`}>
        The run
      </Anchor>
    </Text>
  );
}

function Ways({ storageKey, document }: { storageKey: string; document: ResultDocument }) {
  const address = new URL(downloadPath(storageKey), window.document.baseURI).href;
  const hasRows =
    document.result.rows !== undefined || document.evidence.length > 0 || document.result.posts !== undefined;
  return (
    <Group gap="xs">
      <Button component="a" href={downloadPath(storageKey)} download={storageKey}>
        Download JSON
      </Button>
      {hasRows ? (
        <Button
          variant="default"
          component="a"
          href={downloadPath(storageKey, "csv")}
          download={storageKey.replace(/\.json$/, ".csv")}
        >
          Download CSV
        </Button>
      ) : null}
      <Copy text={`curl -fsS "${address}" -H "Authorization: Bearer $KEY" -o "${storageKey}"`}>Copy curl</Copy>
      <ShareButton storageKey={storageKey} />
    </Group>
  );
}
