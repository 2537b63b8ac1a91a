// What the browser tests share: a browser, pages in profiles of their own with a note of all that should not have
// happened on them, and the server's own API. ADDRESS, KEY and LINK (which signs in once) are those of a running server.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";

import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const address = needed("ADDRESS");
export const key = needed("KEY");
/** Where screenshots go; none are made without it. */
export const screenshots = process.env.SCREENSHOTS;
export const DEADLINE = 30_000;
export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 360, height: 740 };

export function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}: these tests need the address and the key of a running server`);
  return value;
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
    timeout: DEADLINE,
  });
}

/** A page in a profile of its own, and all that should not have happened on it. */
export async function blank(browser, { origin = address, ...options } = {}) {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  context.setDefaultTimeout(DEADLINE);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["data:", "blob:"].includes(url.protocol)) faults.push(`left: ${request.url()}`);
  });
  context.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // What nobody waits for any more is broken off by the page itself, a download by the browser that keeps it.
    if (!page.isClosed() && why !== "net::ERR_ABORTED") faults.push(`failed: ${request.url()}: ${why}`);
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) faults.push(`left: ${socket.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(
        `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
      );
    });
  });
  return { page, context, faults, close: () => context.close() };
}

/** The dashboard, signed in. */
export async function dashboard(browser, { at = "/", ...options } = {}) {
  const opened = await blank(browser, options);
  const { page } = opened;
  await page.goto(`${options.origin ?? address}/`);
  await page.getByLabel("API key", { exact: true }).fill(options.key ?? key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await live(page);
  if (at !== "/") await go(page, at);
  return opened;
}

export async function live(page) {
  await page.locator("[data-live=live]").waitFor();
}

/** Another place of the dashboard, as by a link. */
export async function go(page, place) {
  await page.evaluate((to) => (location.hash = to), place);
  await page.locator("h1").first().waitFor();
}

/** What keeps people out, in the page or in what `inside` selects of it: WCAG 2.2 A and AA. */
export async function accessible(page, what, inside = "html") {
  const { violations } = await new AxeBuilder({ page })
    .include(inside)
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${what}: ${id}: ${node.html.slice(0, 200)}\n  ${node.failureSummary}`),
  );
}

/** What is wider than the window. */
export async function fits(page, what) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  return wide <= window ? [] : [`${what} is ${wide} px wide in a window of ${window}`];
}

export async function shot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}/${name}.png` });
}

/** Until it answers something true. */
export async function repeat(attempt, deadline = DEADLINE) {
  const end = Date.now() + deadline;
  while (Date.now() < end) {
    const found = await attempt();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing within ${deadline} ms`);
}

/** GraphQL as another client would ask it. */
export async function graphql(query, variables = {}) {
  const answer = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

export const DATASET = "dataset:posts";

/** Asks, and waits for the end of the job; answers its ids and the key of its result. */
export async function asked(input) {
  const { createQuery } = await graphql(
    "mutation ($input: CreateQueryInput!) { createQuery(input: $input) { query { id } job { id } userErrors { message } } }",
    { input: { sources: [DATASET], ...input } },
  );
  assert.deepEqual(createQuery.userErrors, []);
  const { query, job } = createQuery;
  return job ? { queryId: query.id, ...(await ended(job.id)) } : { queryId: query.id };
}

export async function ended(jobId) {
  return repeat(async () => {
    const { job } = await graphql("query ($id: ID!) { job(id: $id) { status result { key } } }", { id: jobId });
    return ["COMPLETED", "FAILED", "CANCELLED"].includes(job.status)
      ? { jobId, status: job.status, key: job.result?.key }
      : null;
  });
}

export async function rest(path, init = {}) {
  return fetch(`${address}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
}
