/** What an answer has beyond its figures, by the kind of the question. */
import { Anchor, List, SimpleGrid, Stack, Table, Text } from "@mantine/core";

import type { Answer, ResultDocument } from "../../../api/rest";
import { Bars, type BarRow } from "../../../ui/bars";
import { count, percent, words } from "../../../ui/format";
import { Section } from "../../../ui/page";
import { Scroll } from "../../../ui/scroll";
import { State } from "../../../ui/state";
import { Time } from "../../../ui/time";
import { PinButton } from "../../overview/pin";
import Lines, { type Point, SentimentDonut } from "../charts";
import { isWeb, writtenBy } from "./posts";

/** With a query, its charts can be kept on the overview. */
export function AnswerParts({ document }: { document: ResultDocument }) {
  const { result, query_id: queryId, timezone } = document;
  const pin = (chart: "SOURCES" | "TREND" | "SENTIMENT" | "SHARE_OF_VOICE", what: string) => (
    <PinButton queryId={queryId} chart={chart} what={what} />
  );
  return (
    <Stack>
      <Told result={result} />
      {result.series ? (
        <Section title="Over time" aside={pin("TREND", "the chart over time")}>
          <Trend result={result} zone={timezone} />
        </Section>
      ) : null}
      {result.sentiment ? (
        <Section title="Sentiment" aside={pin("SENTIMENT", "the sentiment")}>
          <Sentiment sentiment={result.sentiment} />
        </Section>
      ) : null}
      {result.entities ? (
        <Section title="Share of voice" aside={pin("SHARE_OF_VOICE", "the share of voice")}>
          <ShareOfVoice result={result} />
        </Section>
      ) : null}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="By source" aside={pin("SOURCES", "the sources")}>
          <BySource result={result} />
        </Section>
        {result.groups ? (
          <Section title="By group">
            <Groups result={result} />
          </Section>
        ) : null}
        {result.items ? (
          <Section title={document.reading.intent === "hashtags" ? "Hashtags" : "Keywords"}>
            <Items result={result} />
          </Section>
        ) : null}
        {result.languages ? (
          <Section title="Languages">
            <Bars
              label="Languages"
              of="Language"
              unit="Mentions"
              rows={result.languages.map(({ code, mentions, share }) => ({
                name: languageName(code),
                value: mentions,
                share,
              }))}
            />
          </Section>
        ) : null}
        {result.authors ? (
          <Section title="Authors">
            <Authors result={result} />
          </Section>
        ) : null}
      </SimpleGrid>
      {result.questions ? (
        <Section title="Questions">
          <Questions result={result} />
        </Section>
      ) : null}
      {result.rows ? (
        <Section title="Rows">
          <Rows result={result} />
        </Section>
      ) : null}
    </Stack>
  );
}

/** What is said in sentences: a summary, or whether there is a spike. */
function Told({ result }: { result: Answer }) {
  const { summary, spike } = result;
  return (
    <>
      {summary ? (
        <Section
          title="Summary"
          aside={<Text size="sm">{`written by ${summary.method.model ?? summary.method.kind}`}</Text>}
        >
          <Text style={{ whiteSpace: "pre-wrap" }}>{summary.text}</Text>
          <List size="sm" mt="sm">
            {summary.points.map((point) => (
              <List.Item key={point.text}>
                {point.text}{" "}
                {point.cites
                  .filter((cite) => isWeb(cite.url))
                  .map((cite, index) => (
                    <Anchor
                      key={cite.id}
                      href={cite.url ?? ""}
                      target="_blank"
                      rel="noopener noreferrer nofollow"
                      aria-label={`Source ${index + 1} of this point, in a new tab`}
                    >
                      [{index + 1}]{" "}
                    </Anchor>
                  ))}
              </List.Item>
            ))}
          </List>
        </Section>
      ) : null}
      {spike ? (
        <Section
          title={spike.is_spike ? "There is a spike" : "There is no spike"}
          aside={<State of={spike.is_spike ? "partial" : "complete"} label={spike.is_spike ? "Spike" : "Usual"} />}
        >
          <Text>{`${count(spike.value)} mentions, where ${spike.baseline_median === null ? "nothing" : count(spike.baseline_median)} is usual and ${count(spike.threshold)} would be a spike.`}</Text>
          {spike.start ? (
            <Text size="sm">
              It began <Time at={spike.start} />
              {spike.end ? (
                <>
                  {" "}
                  and ended <Time at={spike.end} />
                </>
              ) : null}
              .
            </Text>
          ) : null}
          {spike.drivers.length > 0 ? (
            <Bars
              label="What drives it"
              of="What drives it"
              unit="Mentions"
              columns={["Usually"]}
              rows={spike.drivers.map((driver) => ({
                name: `${words(driver.kind)} ${driver.key}`,
                value: driver.mentions,
                more: [count(driver.usual)],
              }))}
            />
          ) : null}
        </Section>
      ) : null}
    </>
  );
}

export function BySource({ result }: { result: Answer }) {
  const rows = Object.entries(result.by_source).map(([name, figures]) => ({
    name,
    value: figures.mentions,
    more: [count(figures.unique_users)],
  }));
  return rows.length > 0 ? (
    <Bars label="Mentions by source" of="Source" unit="Mentions" columns={["Users"]} rows={rows} />
  ) : (
    <Text c="dimmed">No source gave a post.</Text>
  );
}

export function Trend({ result, zone }: { result: Answer; zone: string }) {
  const series = result.series ?? [];
  const names = [...new Set(series.flatMap((bucket) => bucket.groups?.map(({ key }) => key) ?? []))].slice(0, 5);
  const points: Point[] = series.map((bucket) => ({
    name: bucket.weekday ?? startOf(bucket.start, zone, series.length),
    note: bucket.partial ? "not a whole one" : undefined,
    values: {
      Mentions: bucket.mentions,
      ...Object.fromEntries(names.map((name) => [name, bucket.groups?.find(({ key }) => key === name)?.mentions ?? 0])),
    },
  }));
  return <Lines label="Mentions over time" points={points} lines={names.length > 1 ? names : ["Mentions"]} />;
}

/** In the zone of the question: its days are those of there. */
function startOf(start: string | undefined, zone: string, spans: number): string {
  if (!start) return "";
  const options: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", timeZone: zone };
  const isShort = spans > 1 && !start.includes("T00:00:00");
  return new Date(start).toLocaleString(
    "en-GB",
    isShort ? { ...options, hour: "2-digit", minute: "2-digit" } : options,
  );
}

export function Sentiment({ sentiment }: { sentiment: NonNullable<Answer["sentiment"]> }) {
  return <SentimentDonut counts={sentiment} examples={sentiment.examples} />;
}

export function ShareOfVoice({ result }: { result: Answer }) {
  const rows: BarRow[] = (result.entities ?? []).map((entity) => ({
    name: entity.name,
    value: entity.mentions,
    share: entity.share,
    more: [count(entity.unique_users)],
  }));
  return (
    <>
      <Bars label="Share of voice" of="Name" unit="Mentions" columns={["Users"]} rows={rows} />
      {result.overlap ? (
        <Text size="sm" c="dimmed">{`${count(result.overlap)} posts name several and count for each of them.`}</Text>
      ) : null}
    </>
  );
}

function Groups({ result }: { result: Answer }) {
  const groups = result.groups ?? [];
  const hasSentiment = groups.some(({ sentiment }) => sentiment);
  const rows = groups.map((group) => ({
    name: group.key,
    value: group.mentions,
    share: group.share,
    more: [count(group.unique_users), ...(hasSentiment ? [net(group.sentiment?.net)] : [])],
  }));
  return (
    <>
      <Bars
        label="Mentions by group"
        of="Group"
        unit="Mentions"
        columns={["Users", ...(hasSentiment ? ["Net sentiment"] : [])]}
        rows={rows}
      />
      {result.others ? (
        <Text
          size="sm"
          c="dimmed"
        >{`${count(result.others.groups)} more groups with ${count(result.others.mentions)} mentions are not listed.`}</Text>
      ) : null}
      {result.undetermined ? (
        <Text
          size="sm"
          c="dimmed"
        >{`${count(result.undetermined)} posts are in no group: their source does not say.`}</Text>
      ) : null}
    </>
  );
}

function net(value: number | null | undefined): string {
  if (value == null) return "–";
  return `${value > 0 ? "+" : ""}${percent(value)}`;
}

function Items({ result }: { result: Answer }) {
  const rows = (result.items ?? []).map((item) => ({
    name: item.term,
    value: item.documents,
    more: [count(item.count)],
  }));
  return <Bars label="Terms" of="Term" unit="Posts" columns={["Times"]} rows={rows} />;
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function Authors({ result }: { result: Answer }) {
  const rows = (result.authors ?? []).map((row) => ({
    name: `${writtenBy(row)} (${row.source})`,
    value: row.mentions,
    more: [row.engagement === null ? "–" : count(row.engagement)],
  }));
  return <Bars label="Authors" of="Author" unit="Mentions" columns={["Engagement"]} rows={rows} />;
}

function Questions({ result }: { result: Answer }) {
  return (
    <List>
      {(result.questions ?? []).map((question) => (
        <List.Item key={`${question.source} ${question.id}`}>
          {isWeb(question.url) ? (
            <Anchor href={question.url} target="_blank" rel="noopener noreferrer nofollow">
              {question.text}
            </Anchor>
          ) : (
            question.text
          )}{" "}
          <Text span size="sm" c="dimmed">
            {question.source}, <Time at={question.published_at} />
            {question.answered === null ? "" : question.answered ? ", answered" : ", not answered"}
            {question.similar ? `, and ${count(question.similar)} alike` : ""}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}

function Rows({ result }: { result: Answer }) {
  const rows = result.rows ?? [];
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row.fields)))];
  return (
    <Scroll minWidth={480}>
      <Table aria-label="Rows">
        <Table.Thead>
          <Table.Tr>
            {fields.map((field) => (
              <Table.Th key={field}>{words(field)}</Table.Th>
            ))}
            <Table.Th>Post</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, 200).map((row) => (
            <Table.Tr key={`${row.source} ${row.id}`}>
              {fields.map((field) => (
                <Table.Td key={field}>{String(row.fields[field] ?? "–")}</Table.Td>
              ))}
              <Table.Td>
                {isWeb(row.url) ? (
                  <Anchor href={row.url} target="_blank" rel="noopener noreferrer nofollow">
                    {row.source}
                  </Anchor>
                ) : (
                  row.source
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
