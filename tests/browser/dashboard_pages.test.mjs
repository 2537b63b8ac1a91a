// Every page of the dashboard: in both colours, wide and narrow, nothing keeps people out (axe), nothing is wider than
// the window, and nothing is said on the console. With SCREENSHOTS, each is photographed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { NARROW, WIDE, accessible, asked, dashboard, ended, fits, go, graphql, launch, shot } from "./support.mjs";

let browser;
let pages;
before(async () => {
  browser = await launch();
  const feelings = await asked({
    prompt: "How do people feel about Acme in the last 14 days?",
    name: "Feelings about Acme",
  });
  const trend = await asked({
    prompt: "Compare Acme and Brightpeak over the last 7 days by day",
    name: "Acme and Brightpeak",
  });
  const { runQuery } = await graphql("mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } } }", {
    id: trend.queryId,
  });
  const again = await ended(runQuery.job.id);
  await asked({
    prompt: "How many times was Acme mentioned today?",
    name: "Every day",
    schedule: { interval: "DAILY" },
  });
  for (const chart of ["FIGURES", "SENTIMENT"]) {
    await graphql(
      "mutation ($id: ID!, $chart: PinChart!) { pinChart(input: { queryId: $id, chart: $chart }) { userErrors { message } } }",
      { id: feelings.queryId, chart },
    );
  }
  const key = encodeURIComponent;
  pages = {
    overview: ["/", "Overview"],
    queries: ["/jobs", "Jobs"],
    runs: ["/runs", "Jobs"],
    new: ["/new", "New query"],
    run: [`/jobs/${feelings.jobId}`, "Feelings about Acme"],
    query: [`/queries/${trend.queryId}`, "Acme and Brightpeak"],
    sentiment: [`/results/${key(feelings.key)}`, "How do people feel about Acme in the last 14 days?"],
    comparison: [`/results/${key(trend.key)}`, "Compare Acme and Brightpeak over the last 7 days by day"],
    compare: [`/compare/${key(trend.key)}/${key(again.key)}`, "Two runs"],
    storage: ["/storage", "Storage"],
    file: [`/storage/${key(feelings.key)}`, "File"],
    ...Object.fromEntries(
      ["storage", "webhooks", "keys", "sources", "datasets", "workspace", "audit"].map((part) => [
        `settings-${part}`,
        [`/settings/${part}`, null],
      ]),
    ),
    lost: ["/nowhere", "There is no such page"],
  };
});
after(() => browser?.close());

/** Nothing is still being loaded or moved. */
async function settled(page) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(
    () =>
      !document.querySelector("[aria-label^=Loading]") &&
      document
        .getAnimations()
        .every((one) => one.playState !== "running" || one.effect?.getTiming().iterations === Infinity),
  );
}

for (const colorScheme of ["light", "dark"]) {
  for (const [name, viewport] of Object.entries({ desktop: WIDE, phone: NARROW })) {
    test(`every page, ${colorScheme}, ${name}`, async () => {
      const { page, faults, close } = await dashboard(browser, { viewport, colorScheme, reducedMotion: "reduce" });
      for (const [what, [place, title]] of Object.entries(pages)) {
        await go(page, place);
        if (title) await page.getByRole("heading", { level: 1, name: title }).waitFor();
        await settled(page);
        faults.push(
          ...(await fits(page, `${what} (${name})`)),
          ...(await accessible(page, `${what} (${colorScheme}, ${name})`)),
        );
        await shot(page, `${what}-${name}-${colorScheme}`);
      }
      assert.deepEqual(faults, []);
      await close();
    });
  }
}
