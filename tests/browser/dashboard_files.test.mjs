// Files, by ways that a mouse and a slow line make: a large result that is read part by part, a dataset that is dropped
// onto the page, and an upload that is stopped while it is under way.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { asked, dashboard, go, launch, repeat, rest } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** As the page reads a large file. */
const PART = 256 * 1024;

test("a file too large for a tree is read part by part, and each shows what is in the file", async () => {
  // Letters of one and of two bytes, so that borders are inside of some.
  const words = "Acme boots, très bien, à côté ".repeat(72);
  const rows = Array.from({ length: 1000 }, (_, index) => ({
    id: String(index),
    author: `author${index}`,
    published_at: new Date(Date.UTC(2026, 10, 1, 0, index)).toISOString(),
    text: `${index}: ${words}`,
  }));
  const body = rows.map((row) => JSON.stringify(row)).join("\n");
  const headers = { "content-type": "application/x-ndjson" };
  assert.ok((await rest("/v1/datasets/long-posts", { method: "PUT", headers, body })).ok);
  const { key } = await asked({
    prompt: "How many times was Acme mentioned?",
    name: "Long posts",
    sources: ["dataset:long-posts"],
    dateRange: { start: "2026-11-01T00:00:00Z", end: "2026-11-08T00:00:00Z" },
    limit: 1000,
  });
  const file = Buffer.from(await (await rest(`/v1/storage/${key}`)).arrayBuffer());
  assert.ok(file.length > 2_000_000, `${file.length} bytes`);
  const { page, faults, close } = await dashboard(browser);
  const ranges = [];
  page.on("response", (response) => {
    if (response.url().includes("/v1/storage/")) ranges.push([response.status(), response.request().headers().range]);
  });
  await go(page, `/storage/${encodeURIComponent(key)}`);
  await page.getByRole("region", { name: "The file as text" }).waitFor();
  const first = await page.evaluate(shown, 0);
  assert.match(first, /^\{"query_id"/);
  const last = Math.floor((file.length - 1) / PART);
  assert.ok(ranges.length < last, `${ranges.length} parts were read before anybody scrolled`);

  const texts = [];
  for (let index = 0; index <= last; index += 1) {
    texts.push(await page.evaluate(shown, index));
    const range = `bytes=${index * PART + 4096}-${index * PART + 4096 + 999}`;
    const answer = await rest(`/v1/storage/${key}`, { headers: { range } });
    assert.equal(answer.status, 206);
    // A letter that the range cuts is not looked for.
    const inside = new TextDecoder().decode(await answer.arrayBuffer()).replaceAll("\ufffd", "");
    if (index < last) assert.ok(texts[index].includes(inside), `part ${index} shows other bytes`);
  }
  assert.ok(Buffer.from(texts.join("")).equals(file), "all parts together are the file");
  assert.ok(ranges.every(([status, range]) => status === 206 && range), JSON.stringify(ranges));
  assert.deepEqual(faults, []);
  await close();
});

/** In the page: the text of a part, scrolling on as with a wheel until it is there. */
async function shown(index) {
  const box = document.querySelector("[role=region][aria-label='The file as text']");
  for (let frames = 0; frames < 1_000; frames += 1) {
    const part = box.querySelector(`[data-index="${index}"]`);
    const text = part?.querySelector("pre")?.textContent;
    if (text !== undefined) return text;
    // One that is being read stays where it is.
    if (!part) box.scrollBy(0, box.clientHeight);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  throw new Error(`part ${index} was not shown`);
}

test("a file that is dropped becomes a dataset", async () => {
  const { page, faults, close } = await dashboard(browser, { at: "/settings/datasets" });
  const place = page.getByText(/^Drop a CSV/);
  const dataTransfer = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    const rows = ["author,published_at,text", "ann,2026-11-01T09:00:00Z,Acme", "bob,2026-11-02T09:00:00Z,Globex"];
    transfer.items.add(new File([rows.join("\n")], "Dropped Posts.csv", { type: "text/csv" }));
    return transfer;
  });
  const zone = page.locator(".drop");
  await place.dispatchEvent("dragover", { dataTransfer });
  await zone.and(page.locator("[data-over=true]")).waitFor();
  await place.dispatchEvent("dragleave", { dataTransfer });
  await zone.and(page.locator("[data-over=false]")).waitFor();
  await place.dispatchEvent("dragover", { dataTransfer });
  await place.dispatchEvent("drop", { dataTransfer });
  await zone.and(page.locator("[data-over=false]")).getByText(/^Dropped Posts\.csv/).waitFor();
  const upload = page.getByRole("form", { name: "Upload a dataset" });
  assert.equal(await upload.getByLabel("Name").inputValue(), "dropped-posts");
  await upload.getByRole("button", { name: "Upload" }).click();
  await page.getByLabel("Import report").getByText("with 2 documents").waitFor();
  assert.equal((await (await rest("/v1/datasets/dropped-posts")).json()).documents, 2);
  await page.getByRole("table", { name: "Datasets" }).getByText("dropped-posts").first().waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("an upload that is stopped under way leaves nothing", async () => {
  const { page, context, faults, close } = await dashboard(browser, { at: "/settings/datasets" });
  const row = "ann,2026-11-01T09:00:00Z,Acme boots are great\n";
  const buffer = Buffer.from(`author,published_at,text\n${row.repeat(30_000)}`);
  // A slow line: it takes half a minute, and is stopped long before.
  const line = await context.newCDPSession(page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: buffer.length / 30 };
  await line.send("Network.emulateNetworkConditions", slow);
  await page.locator("input[type=file]").setInputFiles({ name: "stopped.csv", mimeType: "text/csv", buffer });
  const upload = page.getByRole("form", { name: "Upload a dataset" });
  await upload.getByRole("button", { name: "Upload" }).click();
  await page.getByText(/^[1-9]\d*% sent/).waitFor();
  await upload.getByRole("button", { name: "Stop" }).click();
  const told = page.getByRole("alert").filter({ hasText: "Stopped" });
  await told.getByText("The upload was stopped; nothing was kept.").waitFor();
  assert.equal(await upload.getByRole("button", { name: "Stop" }).count(), 0);
  assert.equal((await rest("/v1/datasets/stopped")).status, 404);

  // The file is still chosen: on a better line it is sent after all.
  await line.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await upload.getByRole("button", { name: "Upload" }).click();
  await page.getByLabel("Import report").getByText("Uploaded", { exact: true }).waitFor();
  assert.equal((await (await rest("/v1/datasets/stopped")).json()).version, 1);
  assert.deepEqual(faults, []);
  await close();
});
