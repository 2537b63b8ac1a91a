// A line that breaks: the page says so, comes back by itself, and goes on from its cursor with no event missed and none
// twice. The page reaches the server through a proxy that can be cut.
import assert from "node:assert/strict";
import { createServer, connect } from "node:net";
import { after, before, test } from "node:test";

import { address, asked, dashboard, graphql, launch, live } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** Passes bytes on until it is cut; then it takes nobody until it is mended. */
async function line() {
  const { hostname, port } = new URL(address);
  const open = new Set();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const other = connect(Number(port), hostname);
    for (const end of [socket, other]) {
      open.add(end);
      end.on("error", () => {});
      end.on("close", () => (open.delete(end), socket.destroy(), other.destroy()));
    }
    socket.pipe(other).pipe(socket);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    cut: () => {
      isCut = true;
      for (const end of open) end.destroy();
    },
    mend: () => (isCut = false),
    close: () => {
      for (const end of open) end.destroy();
      server.close();
    },
  };
}

test("after a break the page goes on from its cursor", async (context) => {
  const proxy = await line();
  // Whatever fails: a file in which somebody listens does not end.
  context.after(() => proxy.close());
  const frames = [];
  const { page, faults, close } = await dashboard(browser, { origin: proxy.origin, watch: frames });
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => frames.push({ sent: true, ...JSON.parse(payload) }));
    socket.on("framereceived", ({ payload }) => frames.push(JSON.parse(payload)));
  });
  await page.evaluate(() => (location.hash = "/runs"));
  const before = await asked({ prompt: "How many times was Acme mentioned today?", name: "Before the break" });
  await page.getByRole("row").filter({ hasText: "Before the break" }).getByText("Completed").waitFor();

  proxy.cut();
  await page.getByText("Reconnecting…").waitFor();
  const during = [];
  for (const name of ["During the break 1", "During the break 2"])
    during.push(await asked({ prompt: "How many times was Acme mentioned today?", name }));
  proxy.mend();
  await live(page);
  for (const name of ["During the break 1", "During the break 2"])
    await page.getByRole("row").filter({ hasText: name }).getByText("Completed").waitFor();

  // Told on the new socket: what was missed and nothing of before, each once, in the order of the log.
  const told = frames
    .filter(({ sent, type, payload }) => !sent && type === "next" && payload.data?.jobCompleted)
    .map(({ payload }) => payload.data.jobCompleted.jobId);
  assert.deepEqual(
    told,
    during.map(({ jobId }) => jobId),
  );
  const { events } = await graphql('{ events(last: 3, types: ["job.completed"]) { nodes { cursor payload } } }');
  const cursor = events.nodes.find(({ payload }) => payload.job_id === before.jobId)?.cursor;
  const resumed = frames.filter(
    ({ sent, type, payload }) => sent && type === "subscribe" && "after" in (payload.variables ?? {}),
  );
  assert.equal(resumed.at(-1)?.payload.variables.after, cursor, "it asked for what came after the last that it saw");
  const expected =
    /ERR_CONNECTION_(RESET|CLOSED|REFUSED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|WebSocket connection to/;
  assert.deepEqual(
    faults.filter((fault) => !expected.test(fault)),
    [],
  );
  await close();
});

test("a device that is offline is told so", async () => {
  const { page, context, close } = await dashboard(browser);
  await context.setOffline(true);
  await page.getByText("This device is offline").waitFor();
  await context.setOffline(false);
  await page.getByText("This device is offline").waitFor({ state: "detached" });
  await close();
});
