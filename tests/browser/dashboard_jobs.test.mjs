// The dashboard from question to result: signing in, asking, watching it run, the result and the ways out of it, a
// schedule, and what happens elsewhere meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  DATASET,
  accessible,
  address,
  asked,
  blank,
  dashboard,
  go,
  graphql,
  key,
  launch,
  live,
  needed,
  repeat,
  rest,
} from "./support.mjs";

const link = needed("LINK");
const PROMPT = "How many times was Acme mentioned in the last 7 days?";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("a wrong key is told so, a right one signs in, and neither is kept by the page", async () => {
  const { page, context, faults, close } = await blank(browser);
  await page.goto(`${address}/`);
  await page.getByLabel("API key", { exact: true }).fill("bsk_nobody");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("did not accept this API key").waitFor();
  assert.equal(await page.getByLabel("API key", { exact: true }).inputValue(), "");
  assert.deepEqual(await accessible(page, "sign in"), []);
  await page.getByLabel("API key", { exact: true }).fill(key);
  await page.getByLabel("API key", { exact: true }).press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const cookies = await context.cookies();
  assert.deepEqual(
    cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]),
    [["bytestack_session", true, "Strict"]],
  );
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML]),
  );
  for (const secret of [key, cookies[0].value])
    assert.ok(!kept.includes(secret), "a secret is where scripts can read it");

  await page.getByRole("button", { name: "Who is signed in" }).click();
  await page.getByText("(admin)").waitFor();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("API key", { exact: true }).waitFor();
  assert.deepEqual(await context.cookies(), []);
  // The browser itself notes every answer 401; nothing else may be said.
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("status of 401")),
    [],
  );
  await close();
});

test("the link signs in, and a session that ends elsewhere shows", async () => {
  const { page, faults, close } = await blank(browser);
  await page.goto(link);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  assert.equal(page.url(), `${address}/`);
  await page.evaluate(() => fetch("v1/session", { method: "DELETE" }).then((answer) => answer.text()));
  await page.evaluate(() => (location.hash = "/jobs"));
  await page.getByText("The session has ended").waitFor();
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("status of 401")),
    [],
  );
  await close();
});

test("a question is read while it is typed, asked, watched to its end, opened and downloaded", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/new" });
  await page.getByRole("textbox", { name: "Question" }).fill(PROMPT);
  await page.getByText("Asks for").waitFor();
  await page.locator("dd", { hasText: /acme/i }).first().waitFor();
  await page.locator("label", { hasText: DATASET }).click();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByRole("heading", { name: PROMPT }).waitFor();
  // Nobody reloads anything.
  await page.locator(".state", { hasText: "Completed" }).first().waitFor();
  await page.getByRole("link", { name: "Open the result" }).click();
  const total = page.getByRole("group", { name: /^Total Mentions/ });
  await total.waitFor();
  await page.getByRole("group", { name: /^Unique Users/ }).waitFor();

  const storageKey = decodeURIComponent(page.url().split("/results/")[1]);
  const stored = Buffer.from(await (await rest(`/v1/storage/${storageKey}`)).arrayBuffer());
  const document = JSON.parse(stored);
  assert.match(await total.getAttribute("aria-label"), new RegExp(`: ${document.result.total_mentions}$`));
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download JSON" }).click(),
  ]);
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  assert.equal(download.suggestedFilename(), storageKey);
  assert.ok(Buffer.concat(parts).equals(stored), "the download is what the API answers");
  // What matched is marked, and only in posts that are there.
  assert.match((await page.locator(".post mark").first().innerText()).toLowerCase(), /acme/);

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const url = (await page.getByLabel("The secret").innerText()).trim();
  assert.ok(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(stored), "the link needs no key");
  assert.deepEqual(faults, []);
  await close();
});

test("the reading can be changed by hand, and then it is what is asked", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/new" });
  await page.getByRole("textbox", { name: "Question" }).fill(PROMPT);
  await page.getByRole("button", { name: "Change the reading" }).click();
  const editor = page.getByLabel("The reading, as it is used");
  const reading = JSON.parse(await editor.inputValue());
  await editor.fill(JSON.stringify({ ...reading, terms: ["Brightpeak"] }));
  await page.locator("dd", { hasText: "Brightpeak" }).waitFor();
  await page.locator("label", { hasText: DATASET }).click();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByRole("link", { name: "Open the result" }).click();
  await page.locator("dd", { hasText: "Brightpeak" }).waitFor();
  await page.getByRole("group", { name: /^Total Mentions: [1-9]/ }).waitFor();

  await go(page, "/new");
  await page.getByRole("textbox", { name: "Question" }).fill("What will the weather be?");
  await page.getByText("Reading…").waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
  await close();
});

test("a schedule shows its next ten fire times, is saved, paused, resumed and deleted", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/new" });
  await page.getByRole("textbox", { name: "Question" }).fill("How many people mentioned Acme yesterday?");
  await page.locator("label", { hasText: DATASET }).click();
  await page.getByText("Cron", { exact: true }).click();
  await page.getByLabel("Cron expression").fill("not a cron");
  await page.getByText("This schedule cannot be used").waitFor();
  await page.getByLabel("Cron expression").fill("0 9 * * 1-5");
  await page.getByRole("combobox", { name: "Time zone of the schedule" }).fill("Europe/Berlin");
  await page.getByRole("option", { name: "Europe/Berlin" }).click();
  const fires = page.getByRole("list", { name: "Next fire times" }).getByRole("listitem");
  await repeat(async () => (await fires.count()) === 10);
  const { previewSchedule } = await graphql(
    '{ previewSchedule(count: 10, schedule: { cron: "0 9 * * 1-5", timezone: "Europe/Berlin" }) }',
  );
  const shown = await fires.locator("time").evaluateAll((times) => times.map((time) => time.dateTime));
  assert.deepEqual(
    shown.map((time) => Date.parse(time)),
    previewSchedule.map((time) => Date.parse(time)),
  );
  assert.match(await fires.first().innerText(), /09:00/);
  await page.getByLabel("Name", { exact: true }).fill("Every working day");
  await page.getByRole("button", { name: "Save the schedule" }).click();
  await page.getByRole("heading", { name: "Every working day" }).waitFor();
  await page.getByText("0 9 * * 1-5").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("when it is resumed").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();

  await page.getByRole("link", { name: "Jobs" }).first().click();
  const row = page.getByRole("row").filter({ hasText: "Every working day" });
  await row.locator("time").first().waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the query" }).click();
  await row.waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
  await close();
});

test("what happens elsewhere appears by itself, and a run can be repeated", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/runs" });
  await page.getByRole("table", { name: "Runs" }).waitFor();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  const { jobId, queryId } = await asked({ prompt: PROMPT, name: "Asked elsewhere" });
  const row = page.getByRole("row").filter({ hasText: "Asked elsewhere" });
  await row.getByText("Completed").waitFor();
  assert.deepEqual(
    requests.filter((url) => url.endsWith("/graphql")),
    [],
    "nothing was asked for: it came by the subscription",
  );

  await page.getByRole("link", { name: "Asked elsewhere" }).click();
  await page.getByRole("button", { name: "Run again for the same time" }).click();
  await page.waitForURL((url) => url.hash.startsWith("#/jobs/job_") && !url.hash.includes(jobId));
  await page.getByText("Retry").waitFor();
  await page.getByRole("link", { name: "Open the result" }).waitFor();
  await page.getByRole("link", { name: "The query" }).click();
  // Two runs make a history, and can be held against each other.
  const runs = page.getByRole("table", { name: "Runs with a result" }).getByRole("checkbox");
  await repeat(async () => (await runs.count()) === 2);
  for (const box of await runs.all()) await box.check();
  await page.getByRole("button", { name: "Compare the two that are chosen" }).click();
  await page.getByRole("heading", { name: "Two runs" }).waitFor();
  await page.getByRole("table", { name: "Figures" }).getByText("Total Mentions").waitFor();
  assert.match(page.url(), /#\/compare\//);
  assert.ok(queryId);
  assert.deepEqual(faults, []);
  await close();
});

test("a chart that is pinned is on the overview, until it is unpinned", async () => {
  const { key: storageKey } = await asked({
    prompt: "How do people feel about Acme in the last 14 days?",
    name: "Feelings",
  });
  const { page, faults, close } = await dashboard(browser, { at: `/results/${encodeURIComponent(storageKey)}` });
  const document = await (await rest(`/v1/storage/${storageKey}`)).json();
  const negative = page.getByRole("button", { name: /^Negative/ });
  await negative.focus();
  await page.getByText(`Negative: ${document.result.sentiment.negative_count} posts`).waitFor();
  await page.getByText(document.result.sentiment.examples.negative[0], { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Pin the sentiment to the overview" }).click();
  await page.getByRole("button", { name: "Unpin the sentiment from the overview" }).waitFor();
  await go(page, "/");
  const card = page.getByRole("region", { name: "Feelings · Sentiment" });
  await card.getByRole("button", { name: /^Positive/ }).waitFor();
  await card.getByRole("button", { name: /^Unpin/ }).click();
  await card.waitFor({ state: "detached" });
  await page.getByText("Nothing is pinned yet").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("who may only read sees no way to change anything", async () => {
  const made = await graphql('mutation { createApiKey(input: { name: "reader", scope: READ }) { secret } }');
  const { page, faults, close } = await dashboard(browser, { at: "/jobs", key: made.createApiKey.secret });
  await page.getByRole("table", { name: "Queries" }).waitFor();
  for (const name of ["New query", "Run now", "Delete"])
    assert.equal(await page.getByRole("button", { name }).count(), 0, name);
  assert.equal(await page.getByRole("link", { name: "New query" }).count(), 0);
  await go(page, "/new");
  await page.getByText("This key may only read").waitFor();
  await go(page, "/settings/keys");
  await page.getByText(/admin/).first().waitFor();
  await live(page);
  assert.deepEqual(faults, []);
  await close();
});
