// Settings in the dashboard, each against the real thing: a bucket in a store that speaks S3, a webhook's receiver, keys
// that work until they are revoked, and files that are uploaded. S3 is the address of a store with the bucket BUCKET, which
// takes the key S3_KEY_ID with the secret S3_SECRET; RECEIVER is an address that answers 200.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { address, asked, dashboard, go, graphql, launch, needed, repeat, rest } from "./support.mjs";

const store = {
  endpoint: needed("S3"),
  bucket: needed("BUCKET"),
  keyId: needed("S3_KEY_ID"),
  secret: needed("S3_SECRET"),
};
const receiver = needed("RECEIVER");

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("a bucket is connected once its test passes, and then results arrive in it", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/settings/storage" });
  const field = (name) =>
    page.getByRole("form", { name: "Connect a bucket" }).getByLabel(name, { exact: false }).first();
  await field("Endpoint").fill(store.endpoint);
  await field("Bucket name").fill(store.bucket);
  await field("Region").fill("us-east-1");
  await field("Access key id").fill(store.keyId);
  await field("Secret access key").fill("not-the-secret");
  await page.getByRole("button", { name: "Save and test" }).click();
  await page.getByText("The test failed; nothing was saved").waitFor();
  const steps = page.getByRole("list", { name: "Steps of the test" }).first();
  await steps.getByText("Failed").waitFor();
  assert.equal((await graphql("{ workspace { bucket { name } } }")).workspace.bucket, null);

  await field("Secret access key").fill(store.secret);
  await page.getByRole("button", { name: "Save and test" }).click();
  await page.getByRole("region", { name: "Your bucket" }).waitFor();
  await repeat(
    async () =>
      (await page.getByRole("list", { name: "Steps of the test" }).first().getByText("OK", { exact: true }).count()) ===
      4,
  );
  const { key } = await asked({ prompt: "How many times was Acme mentioned today?", name: "To the bucket" });
  await repeat(
    async () =>
      (await graphql("query ($key: String!) { storageObject(key: $key) { bucketDelivery { status } } }", { key }))
        .storageObject.bucketDelivery?.status === "SUCCEEDED",
  );
  await go(page, "/storage");
  await page.getByRole("row").filter({ hasText: key }).getByText("In the bucket").waitFor();
  await go(page, "/settings/storage");
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Disconnect/ })
    .click();
  await page.getByRole("form", { name: "Connect a bucket" }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("what a retention policy would delete is shown before it is saved", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/settings/storage" });
  const policy = page.getByRole("form", { name: "Retention policy" });
  await policy.getByLabel(/^Results/).fill("1");
  await policy.getByRole("button", { name: "Preview" }).click();
  const table = page.getByRole("table", { name: "What would be deleted" });
  await table.first().waitFor();
  assert.equal((await graphql("{ workspace { retention { resultDays } } }")).workspace.retention.resultDays, null);
  assert.deepEqual(faults, []);
  await close();
});

test("a webhook's secret is shown once, its test arrives, and a run's delivery appears", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/settings/webhooks" });
  await page.getByRole("button", { name: "Add endpoint" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("URL").fill(receiver);
  for (const box of await dialog.getByRole("group", { name: "Events" }).getByRole("checkbox").all()) await box.check();
  await dialog.getByRole("button", { name: "Add" }).click();
  const secret = (await page.getByLabel("The secret").innerText()).trim();
  assert.match(secret, /^whsec_/);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByLabel("The secret").waitFor({ state: "detached" });
  assert.ok(!(await page.content()).includes(secret), "the secret is still there");
  await page
    .getByRole("list", { name: "Webhook endpoints" })
    .getByRole("link", { name: new RegExp(receiver.replaceAll(/[./]/g, "\\$&")) })
    .click();
  await page.getByRole("button", { name: "Send a test" }).click();
  const deliveries = page.getByRole("table", { name: "Deliveries" });
  await deliveries.getByText("Succeeded").first().waitFor();
  await asked({ prompt: "How many times was Acme mentioned today?", name: "To the webhook" });
  await deliveries
    .getByRole("button", { name: /^Attempts of job\.completed/ })
    .first()
    .click();
  const attempts = page.getByRole("list", { name: "Attempts" });
  await attempts.getByText("Acknowledged").first().waitFor();
  assert.match(await attempts.innerText(), /200/);
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  assert.deepEqual(faults, []);
  await close();
});

test("a key is shown once, works, and no more once it is revoked", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/settings/keys" });
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("for a pipeline");
  await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
  const secret = (await page.getByLabel("The secret").innerText()).trim();
  const status = async () => {
    const answer = await fetch(`${address}/v1/storage`, { headers: { authorization: `Bearer ${secret}` } });
    await answer.text();
    return answer.status;
  };
  assert.equal(await status(), 200);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("button", { name: "Revoke for a pipeline" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Revoke/ })
    .click();
  await repeat(async () => (await status()) === 401);
  assert.deepEqual(faults, []);
  await close();
});

test("a dataset is uploaded, its bad rows are named, and it can be asked", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/settings/datasets" });
  const rows = [
    "author,published_at,text",
    "ann,2026-11-01T09:00:00Z,Acme boots",
    "bob,someday,Acme coats",
    "cid,2026-11-02T09:00:00Z,Globex",
  ];
  const file = { name: "My Posts.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) };
  await page.locator("input[type=file]").setInputFiles(file);
  const upload = page.getByRole("form", { name: "Upload a dataset" });
  assert.equal(await upload.getByLabel("Name").inputValue(), "my-posts");
  await upload.getByRole("button", { name: /^Upload/ }).click();
  await page.getByText("The file was not taken").waitFor();
  await page.getByRole("table", { name: "Rows that cannot be read" }).getByText("published_at").first().waitFor();
  assert.equal((await rest("/v1/datasets/my-posts")).status, 404);

  await page
    .locator("input[type=file]")
    .setInputFiles({ ...file, buffer: Buffer.from(rows.filter((row) => !row.includes("someday")).join("\n")) });
  await upload.getByRole("button", { name: /^Upload/ }).click();
  await page.getByLabel("Import report").getByText("Uploaded", { exact: true }).waitFor();
  await page.getByRole("table", { name: "Datasets" }).getByText("my-posts").first().waitFor();
  const { key } = await asked({
    prompt: "How many times was Acme mentioned?",
    sources: ["dataset:my-posts"],
    dateRange: { start: "2026-11-01T00:00:00Z", end: "2026-11-08T00:00:00Z" },
  });
  assert.equal((await (await rest(`/v1/storage/${key}`)).json()).result.total_mentions, 1);
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("status of 4")),
    [],
  );
  await close();
});
