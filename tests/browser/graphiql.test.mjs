// `/graphiql` in a real browser: hints without a session, signing in by key and by link and out again, a
// query, a question, and an event as it happens. Nothing may leave the server's own origin.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { accessible, address, blank, key, launch, needed, repeat, screenshots, shot } from "./support.mjs";

const link = needed("LINK");

const POSTS = `id,author,published_at,text
1,ann,2026-04-23T09:00:00Z,Acme boots are great
2,bob,2026-04-24T10:30:00Z,I walked to work in my acme boots
3,cid,2026-04-25T19:00:00Z,Any news from Globex?
`;

let browser;

before(async () => {
  browser = await launch();
  const uploaded = await fetch(`${address}/v1/datasets/posts`, {
    method: "PUT",
    headers: { authorization: `Bearer ${key}`, "content-type": "text/csv" },
    body: POSTS,
  });
  assert.ok(uploaded.ok, await uploaded.text());
});

after(() => browser?.close());

test("without a key, and with a wrong one, the page says what to do", async () => {
  const { page, faults, close } = await open();
  const status = page.getByRole("status");
  await status.getByText("Enter the API key").waitFor();
  await run(page);
  await response(page, "Enter the API key in the field at the top");

  await giveKey(page, "bsk_nobody");
  await status.getByText("did not accept this API key").waitFor();
  assert.equal(await page.getByLabel("API key").inputValue(), "", "what was typed is not kept");
  // The browser itself notes every answer 401; nothing else may be said.
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("status of 401")),
    [],
  );
  await close();
});

test("the link signs in, and when the session is over the page says so", async () => {
  const { page, faults, close } = await open(link);
  await signedIn(page);
  await tab(page, "Sources");
  await run(page);
  await response(page, '"timezone": "UTC"');

  // From elsewhere in the same browser, as in another tab.
  const status = await page.evaluate(async () => {
    const answer = await fetch("v1/session", { method: "DELETE" });
    await answer.text();
    return answer.status;
  });
  assert.equal(status, 204);
  await run(page);
  await response(page, "The session has ended");
  await page.getByRole("status").getByText("The session has ended").waitFor();
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("status of 401")),
    [],
  );
  await close();
});

test("queries, mutations and a live event work with the session, and nothing leaves the origin", async () => {
  const { page, faults, close } = await open();
  await giveKey(page, key);
  await signedIn(page);

  await tab(page, "Sources");
  await run(page);
  await response(page, '"timezone": "UTC"');
  // The page has loaded the schema by itself.
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.locator(".graphiql-plugin").getByText("Subscription").first().waitFor();
  await page.getByRole("button", { name: "Hide Documentation Explorer" }).click();

  await tab(page, "Ask");
  await run(page);
  await response(page, '"userErrors": []');
  await response(page, '"status": "QUEUED"');

  await tab(page, "Follow");
  await run(page);
  // It follows from some moment on that nothing tells: questions are asked until one is seen.
  const asked = [];
  const isSeen = async () => {
    const text = await responseText(page);
    return asked.some((job) => text.includes(job));
  };
  await repeat(async () => {
    asked.push(await ask());
    return repeat(isSeen, 2_000).catch(() => false);
  }).catch(async () => assert.fail(`no event came:\n${await responseText(page)}`));
  assert.match(await responseText(page), /"status":\s*"COMPLETED"/);
  await shots(page);
  await page.getByRole("button", { name: "Stop query" }).click();

  await tab(page, "Result");
  await run(page);
  await response(page, '"prompt": "How many people mentioned Acme?"');
  await response(page, '"downloadUrl": "http');
  await tab(page, "Jobs");
  await run(page);
  await response(page, '"totalCount"');

  const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  const cookies = await page.context().cookies();
  assert.deepEqual(
    cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]),
    [["bytestack_session", true, "Strict"]],
  );
  for (const secret of [key, cookies[0].value]) {
    assert.ok(!(await kept()).includes(secret), "a secret is where scripts can read it");
  }
  await page.reload();
  await signedIn(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("status").getByText("Enter the API key").waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  assert.deepEqual(faults, []);
  await close();
});

// GraphiQL itself has tabs with buttons inside of them, a close button of 20 pixels, and grey line numbers: its own markup
// and colours, which are not looked at here.
test("nothing of the bar keeps people out, signed in or not, in both colours", async () => {
  const { page, faults, close } = await open();
  const found = [];
  for (const state of ["signed out", "signed in"]) {
    if (state === "signed in") {
      await giveKey(page, key);
      await signedIn(page);
    }
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await accessible(page, `${state}, ${colorScheme}`, ".bar")));
    }
  }
  assert.deepEqual(found, []);
  assert.deepEqual(faults, []);
  await close();
});

/** The page, signed in first where a link is given. */
async function open(first) {
  const { page, faults, close } = await blank(browser);
  if (first) {
    await page.goto(first);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  }
  await page.goto(`${address}/graphiql`);
  await page.getByRole("button", { name: "Execute query" }).waitFor();
  await page.locator(".graphiql-query-editor .view-lines").waitFor();
  return { page, faults, close };
}

async function signedIn(page) {
  await page.getByRole("status").getByText("Workspace default").waitFor();
}

async function giveKey(page, text) {
  await page.getByLabel("API key").fill(text);
  await page.getByLabel("API key").press("Enter");
}

async function tab(page, name) {
  await page.getByRole("tab", { name }).click();
}

/** By the button; an operation of several would open a menu, but each tab has one. */
async function run(page) {
  await page.getByRole("button", { name: "Execute query" }).click();
}

/** What the response pane holds. The editor draws only the lines in view, and its spaces are special. */
async function responseText(page) {
  const lines = await page.locator(".graphiql-response .view-lines").innerText();
  return lines.replaceAll("\u00a0", " ");
}

async function response(page, text) {
  await repeat(async () => (await responseText(page)).includes(text)).catch(async () => {
    assert.fail(`waited for ${text} in the response:\n${await responseText(page)}`);
  });
}

/** Asks over HTTP, as another client would; answers the job's id. */
async function ask() {
  const query = `mutation ($input: CreateQueryInput!) {
    createQuery(input: $input) { job { id } userErrors { message } } }`;
  const input = { prompt: "How many people mentioned Acme?", sources: ["dataset:posts"] };
  const answer = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data } = await answer.json();
  assert.deepEqual(data.createQuery.userErrors, []);
  return data.createQuery.job.id;
}

async function shots(page) {
  if (!screenshots) return;
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      // The editor lays itself out anew a moment after the window has changed.
      await page.waitForTimeout(1_000);
      await shot(page, `graphiql-${width === 1440 ? "desktop" : "phone"}-${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
