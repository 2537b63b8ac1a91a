// What happens while an answer is on its way, or is told of out of turn: no list loses it, and none ends before its end.
// The lists come in small pages here, answers are held until something has happened, and the socket's messages are put
// into another order.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { asked, dashboard, ended, go, graphql, launch, live, repeat } from "./support.mjs";

const PAGE = 100;
const PROMPT = "How many times was Acme mentioned today?";
/** All rows of a few small pages are seen at once. */
const TALL = { width: 1440, height: 3000 };
const RUNS = 12;
/** What is shown at all is shown by then. */
const SOON = 10_000;

let browser;
let queryId;
before(async () => {
  browser = await launch();
  ({ queryId } = await asked({ prompt: PROMPT, name: "Meanwhile", run: false }));
  for (let run = 0; run < RUNS; run += 1) await ran();
});
after(() => browser?.close());

async function ran() {
  const { runQuery } = await graphql("mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } } }", {
    id: queryId,
  });
  return ended(runQuery.job.id);
}

/** The links of the query's runs, the newest first. */
async function runs() {
  const asks = "query ($id: ID!) { jobs(first: 100, filter: { queryId: $id }) { nodes { id } } }";
  return (await graphql(asks, { id: queryId })).jobs.nodes.map(({ id }) => `#/jobs/${id}`);
}

async function files() {
  const asks = "query ($text: String!) { storageObjects(first: 100, filter: { search: $text }) { nodes { key } } }";
  return (await graphql(asks, { text: queryId })).storageObjects.nodes.map(({ key }) => `#/storage/${key}`);
}

/**
 * A page on which lists come in pages of so many, and `answers` does with each answer what it likes; `told` says what the
 * page is sent in the place of a message of the socket, which is not there before `joins`.
 */
async function opened({ first = 4, answers = answered, told = (message) => [message], joins }) {
  const { page, ...others } = await dashboard(browser, { viewport: TALL });
  const ends = new Set();
  await page.routeWebSocket("**/graphql", async (socket) => {
    await joins;
    const pass = (message) => {
      socket.send(JSON.stringify(message));
      const job = message.payload?.data?.jobCompleted;
      if (job) ends.add(job.jobId);
    };
    socket.connectToServer().onMessage((text) => told(JSON.parse(text)).forEach(pass));
  });
  await page.route("**/graphql", async (route) => {
    const asks = route.request().postDataJSON();
    if (asks.variables?.first !== PAGE) return route.continue();
    const postData = JSON.stringify({ ...asks, variables: { ...asks.variables, first } });
    await answers(route, await route.fetch({ postData }), asks.variables);
  });
  await page.reload();
  if (!joins) await live(page);
  /** The page has been told of the end of this run, and has taken it in. */
  const knows = async ({ jobId }) => {
    await repeat(() => ends.has(jobId));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  };
  return { page, knows, ...others };
}

function answered(route, response) {
  return route.fulfill({ response });
}

/** Holds the first answer that is meant until it is let go: it is of before what happens until then. */
function held(isMeant) {
  let isReached = false;
  let letGo;
  const isLetGo = new Promise((resolve) => (letGo = resolve));
  const answers = async (route, response, variables) => {
    if (!isReached && isMeant(variables)) {
      isReached = true;
      await isLetGo;
    }
    // What was called off meanwhile is answered to nobody.
    await answered(route, response).catch(() => {});
  };
  return { answers, isHeld: () => repeat(() => isReached), letGo };
}

/** The list has these rows to its end, and says that it has so many. */
async function isWhole(page, name, expected) {
  const table = page.getByRole("table", { name, exact: true });
  const firstLinks = (rows) => rows.map((row) => row.querySelector("a")?.hash).filter(Boolean);
  const shown = async () => ({
    rows: await table.getByRole("row").evaluateAll(firstLinks),
    told: Number(await table.getAttribute("aria-rowcount")) - 1,
  });
  const wanted = { rows: expected, told: expected.length };
  await repeat(async () => isDeepStrictEqual(await shown(), wanted), SOON).catch(() => {});
  assert.deepEqual(await shown(), wanted);
}

for (const [which, isMeant] of [
  ["first", ({ after }) => !after],
  ["next", ({ after }) => after],
])
  test(`a run that ends while the ${which} page of the runs is on its way is shown`, async () => {
    const { answers, isHeld, letGo } = held(isMeant);
    const { page, knows, faults, close } = await opened({ answers });
    await go(page, `/queries/${queryId}`);
    await isHeld();
    await knows(await ran());
    letGo();
    await isWhole(page, "Runs", await runs());
    assert.deepEqual(faults, []);
    await close();
  });

for (const [which, isMeant] of [
  ["first", ({ after }) => !after],
  ["next", ({ after }) => after],
])
  test(`a file that comes while the ${which} page of the files is on its way is shown`, async () => {
    const { answers, isHeld, letGo } = held(({ filter, ...others }) => filter.search && isMeant(others));
    const { page, knows, faults, close } = await opened({ answers, first: RUNS - 2 });
    await go(page, "/storage");
    await page.getByLabel("Search").fill(queryId);
    await isHeld();
    await knows(await ran());
    letGo();
    await isWhole(page, "Files", await files());
    assert.deepEqual(faults, []);
    await close();
  });

test("rows that are gone before they were loaded are not counted", async () => {
  const name = `Gone ${Date.now()}`;
  const made = [];
  for (let index = 0; index < RUNS; index += 1) made.push(await asked({ prompt: PROMPT, name, run: false }));
  const { answers, isHeld, letGo } = held(({ filter, after }) => filter.search && !after);
  const { page, faults, close } = await opened({ answers });
  await go(page, "/jobs");
  await page.getByLabel("Search").fill(name);
  await isHeld();
  const [oldest, ...left] = made;
  await graphql("mutation ($id: ID!) { deleteQuery(input: { queryId: $id }) { query { id } } }", {
    id: oldest.queryId,
  });
  letGo();
  await isWhole(page, "Queries", left.map(({ queryId: id }) => `#/queries/${id}`).reverse());
  assert.deepEqual(faults, []);
  await close();
});

test("a run is shown as ended, and each at its place, in whatever order they are told of", async () => {
  let opens;
  const ends = [];
  const told = (message) => {
    const { openJobs, jobCompleted } = message.payload?.data ?? {};
    // Of runs that are short, the lists of what is open may tell nothing.
    if (openJobs) opens = message;
    if (openJobs?.length > 0) return [];
    if (!jobCompleted) return [message];
    ends.unshift(message);
    return ends.length < 2 ? [] : [...ends, late()];
  };
  /** What was open before it ended. */
  const late = () => {
    const { jobCompleted } = ends[0].payload.data;
    return { ...opens, payload: { data: { openJobs: [{ ...jobCompleted.job, status: "RUNNING" }] } } };
  };
  const { page, knows, faults, close } = await opened({ told });
  await go(page, `/queries/${queryId}`);
  await isWhole(page, "Runs", await runs());
  await ran();
  await knows(await ran());
  const expected = await runs();
  await isWhole(page, "Runs", expected);
  const states = page.getByRole("table", { name: "Runs" }).getByText(/^(Completed|Running)$/);
  assert.deepEqual(
    await states.allInnerTexts(),
    expected.map(() => "Completed"),
  );
  assert.deepEqual(faults, []);
  await close();
});

test("a run that ends before the socket is there is shown", async () => {
  let join;
  const joins = new Promise((resolve) => (join = resolve));
  const { page, faults, close } = await opened({ joins });
  await go(page, `/queries/${queryId}`);
  await isWhole(page, "Runs", await runs());
  await ran();
  join();
  await live(page);
  await isWhole(page, "Runs", await runs());
  assert.deepEqual(faults, []);
  await close();
});

test("a list whose next page fails says so at its end, and goes on when it is asked to", async () => {
  let fails = 1;
  const answers = (route, response, { after }) => {
    if (!after || fails-- < 1) return answered(route, response);
    return route.fulfill({ response, json: { errors: [{ message: "Too much at once." }] } });
  };
  const { page, faults, close } = await opened({ answers });
  await go(page, `/queries/${queryId}`);
  const alert = page.getByRole("region", { name: "Runs" }).getByRole("alert");
  await alert.getByText("Too much at once.").waitFor();
  await alert.getByRole("button", { name: "Try again" }).click();
  await isWhole(page, "Runs", await runs());
  await alert.waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
  await close();
});
