/** One pinned chart, of the newest result of its question. */
import { Text } from "@mantine/core";

import type { PinChart } from "../../api/generated/graphql";
import type { ResultDocument } from "../../api/rest";
import { Waiting } from "../../ui/states";
import { HistoryChart, useRuns } from "../query/history";
import { BySource, Sentiment, ShareOfVoice, Trend } from "../result/parts/answer";
import { Figures } from "../result/parts/figures";

export default function PinnedChart({ chart, document }: { chart: PinChart; document: ResultDocument }) {
  const { result, timezone } = document;
  switch (chart) {
    case "FIGURES":
      return <Figures document={document} />;
    case "SOURCES":
      return <BySource result={result} />;
    case "TREND":
      return result.series ? <Trend result={result} zone={timezone} /> : <NotThere />;
    case "SENTIMENT":
      return result.sentiment ? <Sentiment sentiment={result.sentiment} /> : <NotThere />;
    case "SHARE_OF_VOICE":
      return result.entities ? <ShareOfVoice result={result} /> : <NotThere />;
    case "HISTORY":
      return <PinnedHistory queryId={document.query_id} />;
  }
}

function PinnedHistory({ queryId }: { queryId: string }) {
  const { list, runs } = useRuns(queryId);
  if (!list.data) return <Waiting what="Loading the history" />;
  return <HistoryChart runs={runs} />;
}

/** The question was changed since it was pinned. */
function NotThere() {
  return <Text c="dimmed">The newest result has no such chart: the question asks for something else now.</Text>;
}
