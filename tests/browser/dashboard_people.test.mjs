// People who use no mouse, and people elsewhere than the server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { asked, dashboard, go, launch } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("a question is asked with the keyboard alone", async () => {
  const { page, faults, close } = await dashboard(browser);
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
  /** Presses Tab until something with this text has the focus. */
  const reach = async (text) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await focused()) === text) return;
    }
    assert.fail(`${text} cannot be reached by Tab`);
  };
  await page.reload();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the page");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
  await reach("New query");
  await page.keyboard.press("Enter");
  const heading = page.getByRole("heading", { level: 1, name: "New query" });
  await heading.waitFor();
  // Who came from elsewhere is told where they are, and goes on from there.
  assert.equal(await focused(), "New query");
  await page.keyboard.press("Tab");
  await page.keyboard.type("How many times was Acme mentioned in the last 7 days?");
  await page.getByText("Asks for").waitFor();
  await reach("Ask");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Open the result" }).waitFor();
  await reach("Open the result");
  await page.keyboard.press("Enter");
  await page.getByRole("group", { name: /^Total Mentions/ }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("times are those of where the reader is, and UTC is told beside them", async () => {
  const { jobId } = await asked({ prompt: "How many times was Acme mentioned today?" });
  const { page, faults, close } = await dashboard(browser, { timezoneId: "Asia/Kolkata" });
  await go(page, `/jobs/${jobId}`);
  const time = page.getByRole("status", { name: "State of the run" }).locator("time").first();
  const at = new Date(await time.getAttribute("datetime"));
  const there = at.toLocaleString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Kolkata" });
  assert.ok((await time.innerText()).endsWith(there), await time.innerText());
  await time.hover();
  await page.getByRole("tooltip").getByText(`${at.toISOString().slice(0, 19).replace("T", " ")} UTC`).waitFor();
  assert.deepEqual(faults, []);
  await close();
});
