// Dialogs, open and in both colours: nothing in them keeps people out (axe), and nothing is said on the console.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { accessible, address, asked, dashboard, go, graphql, launch } from "./support.mjs";

let browser;
let made;
before(async () => {
  browser = await launch();
  made = await asked({ prompt: "How many times was Acme mentioned today?", name: "A query with dialogs" });
});
after(() => browser?.close());

/** These go on in the dialog before them. */
const FURTHER = ["a link", "a key's secret", "a webhook's secret"];

/** What opens each. */
const dialogs = {
  "delete a query": async (page) => {
    await go(page, "/jobs");
    const row = page.getByRole("row").filter({ hasText: "A query with dialogs" });
    await row.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog", { name: "Delete this query?" }).waitFor();
  },
  "edit a query": async (page) => {
    await go(page, `/queries/${made.queryId}`);
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("dialog").getByLabel("Name").waitFor();
  },
  "schedule a query": async (page) => {
    await go(page, `/queries/${made.queryId}`);
    await page.getByRole("button", { name: "Schedule it" }).click();
    await page.getByRole("dialog", { name: "Schedule" }).waitFor();
  },
  "delete files": async (page) => {
    await go(page, "/storage");
    await page.getByLabel(`Select ${made.key}`).check();
    await page.getByRole("button", { name: "Delete 1 file" }).click();
    await page.getByText(/^1 file with/).waitFor();
  },
  share: async (page) => {
    await go(page, `/results/${encodeURIComponent(made.key)}`);
    await page.getByRole("button", { name: "Share", exact: true }).click();
    await page.getByRole("dialog", { name: "Share this result" }).getByText(/has a link|Made/).first().waitFor();
  },
  "a link": async (page) => {
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByLabel("The secret").waitFor();
  },
  "a new key": async (page) => {
    await go(page, "/settings/keys");
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("for a dialog");
  },
  "a key's secret": async (page) => {
    await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
    await page.getByLabel("The secret").waitFor();
  },
  "a new webhook": async (page) => {
    await go(page, "/settings/webhooks");
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await page.getByRole("dialog").getByLabel("URL").fill(`${address}/nobody-is-here`);
  },
  "a webhook's secret": async (page) => {
    await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
    await page.getByLabel("The secret").waitFor();
  },
  "an entry of the audit log": async (page) => {
    await go(page, "/settings/audit");
    await page.getByRole("table", { name: "Audit log" }).getByRole("button").first().click();
    await page.getByRole("dialog").getByLabel("Detail").waitFor();
  },
  "save a retention policy": async (page) => {
    await go(page, "/settings/storage");
    const policy = page.getByRole("form", { name: "Retention policy" });
    await policy.getByLabel(/^Results/).fill("1");
    await policy.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByRole("table", { name: "What would be deleted" }).waitFor();
  },
  // Not a dialog, but shown only after something was done, too: the whole page is looked at.
  "a bucket that refuses": async (page) => {
    await go(page, "/settings/storage");
    const form = page.getByRole("form", { name: "Connect a bucket" });
    const fields = { Endpoint: address, "Bucket name": "none", Region: "us-east-1" };
    const secrets = { "Access key id": "nobody", "Secret access key": "nothing" };
    for (const [name, text] of Object.entries({ ...fields, ...secrets }))
      await form.getByLabel(name, { exact: false }).first().fill(text);
    await form.getByRole("button", { name: "Save and test" }).click();
    await page.getByText("The test failed; nothing was saved").waitFor();
  },
};

for (const colorScheme of ["light", "dark"]) {
  test(`every dialog, ${colorScheme}`, async () => {
    const { page, faults, close } = await dashboard(browser, { colorScheme, reducedMotion: "reduce" });
    for (const [what, open] of Object.entries(dialogs)) {
      if (!FURTHER.includes(what)) {
        // Another page has no dialog open.
        await go(page, "/nowhere");
        await page.getByRole("dialog").first().waitFor({ state: "detached" });
      }
      await open(page);
      // What a dialog covers cannot be used meanwhile, and counts as too small where it looks out.
      const inside = (await page.getByRole("dialog").count()) > 0 ? "[role=dialog]" : "html";
      faults.push(...(await accessible(page, `${what} (${colorScheme})`, inside)));
    }
    const { webhookEndpoints } = await graphql("{ webhookEndpoints(first: 10) { nodes { id } } }");
    for (const { id } of webhookEndpoints.nodes)
      await graphql(
        "mutation ($id: ID!) { deleteWebhookEndpoint(input: { webhookEndpointId: $id }) { userErrors { message } } }",
        { id },
      );
    assert.deepEqual(faults, []);
    await close();
  });
}
