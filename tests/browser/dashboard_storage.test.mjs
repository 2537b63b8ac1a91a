// Storage in the dashboard: found by words, previewed, downloaded, shared and deleted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { asked, dashboard, go, launch, repeat, rest } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("files are found, previewed as a tree, and deleted", async () => {
  const made = [];
  for (const brand of ["Acme", "Brightpeak"])
    made.push(
      await asked({ prompt: `How many times was ${brand} mentioned in the last 7 days?`, name: `Stored ${brand}` }),
    );
  const { page, faults, close } = await dashboard(browser, { at: "/storage" });
  const files = page.getByRole("table", { name: "Files" });
  const row = (key) => files.getByRole("row").filter({ has: page.getByRole("link", { name: key }) });
  await row(made[0].key).waitFor();
  await page.getByLabel("Search").fill(made[1].queryId);
  await row(made[0].key).waitFor({ state: "detached" });
  await row(made[1].key).waitFor();
  await page.getByLabel("Search").fill("");

  await row(made[0].key).getByRole("link", { name: made[0].key }).click();
  await page.getByRole("region", { name: "Facts" }).getByText(made[0].key).waitFor();
  const stored = Buffer.from(await (await rest(`/v1/storage/${made[0].key}`)).arrayBuffer());
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download JSON" }).click(),
  ]);
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  assert.ok(Buffer.concat(parts).equals(stored));
  const tree = page.getByRole("region", { name: "The file as a tree" });
  await tree.getByRole("button", { name: /^evidence/ }).waitFor();
  await page.getByLabel("Search in the file").fill("deduplicated");
  await page.getByText(/^Hit 1 of/).waitFor();
  await tree.locator("[aria-current=true]").getByText("deduplicated").waitFor();

  await go(page, "/storage");
  for (const { key } of made) await page.getByLabel(`Select ${key}`).check();
  await page.getByRole("button", { name: "Delete 2 files" }).click();
  await page.getByText(/^2 files with/).waitFor();
  await page.getByRole("button", { name: "Delete for good" }).click();
  for (const { key } of made) await row(key).waitFor({ state: "detached" });
  await repeat(async () => (await rest(`/v1/storage/${made[0].key}`)).status === 404);
  assert.deepEqual(faults, []);

  await go(page, `/storage/${encodeURIComponent(made[0].key)}`);
  await page.getByText("This file is not there").waitFor();
  await close();
});
