// What somebody waits for who opens the dashboard for the first time. The figures are printed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WIDE, address, key, launch, live } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("the first load is small, and soon of use", async () => {
  const context = await browser.newContext({ viewport: WIDE });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(`${address}/`);
  await page.getByLabel("API key", { exact: true }).waitFor();
  const interactive = await page.evaluate(() => performance.now());
  await page.getByLabel("API key", { exact: true }).fill(key);
  await page.getByLabel("API key", { exact: true }).press("Enter");
  await live(page);
  await page.waitForLoadState("networkidle");
  const code = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.includes("/assets/"))
      .map(({ name, encodedBodySize }) => [name.split("/").at(-1), encodedBodySize]),
  );
  const transfer = code.reduce((sum, [, size]) => sum + size, 0);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  for (const [figure, value, unit] of [
    ["dashboard_first_load", transfer, "bytes gzip"],
    ["dashboard_first_load_all", bytes, "bytes"],
    ["dashboard_first_contentful_paint", paint, "ms"],
    ["dashboard_time_to_interactive", interactive, "ms"],
  ]) {
    console.log(JSON.stringify({ figure, value: Math.round(value), unit }));
  }
  assert.ok(transfer < 300_000, `${transfer} bytes: ${JSON.stringify(code)}`);
  assert.ok(
    !code.some(([name]) => /graphiql|monaco|charts/.test(name)),
    "what the first page does not need is not loaded",
  );
  await context.close();
});
