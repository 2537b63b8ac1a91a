// What clients of graphql-ws and graphql-sse see, also when the server is killed while they follow: after
// their own reconnect they go on where they were, and have each event once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";

import { Server } from "./server.mjs";

const JOBS = 60;
const KILLED_AT = 20;
/** A killed server is back long before. */
const RETRIES = 100;
const PAUSE = 100;
const timeout = 30_000;

const POSTS = `id,author,published_at,text
1,ann,2026-04-23T09:00:00Z,Acme boots are great
2,bob,2026-04-24T10:30:00Z,I walked to work in my acme boots
3,cid,2026-04-25T19:00:00Z,Any news from Globex?
`;
const FOLLOW = "subscription ($after: String) { jobCompleted(after: $after) { cursor seq jobId } }";

test("graphql-ws: what is asked once is answered once, and what is wrong is refused", { timeout }, async (t) => {
  const client = wsClient(await Server.start(t));
  assert.deepEqual(await all(client.iterate({ query: "{ __typename }" })), [{ data: { __typename: "Query" } }]);
  const refused = await all(client.iterate({ query: "{ nothing }" })).catch((errors) => errors);
  assert.match(refused[0].message, /nothing/);
});

test("graphql-ws: no event is lost or doubled when the server is killed", { timeout }, async (t) => {
  await survives(t, (server, after, sink) => {
    // The client sends them anew, as they are by then, whenever it has connected.
    const variables = { after };
    const next = (result) => {
      variables.after = sink.next(result) ?? variables.after;
    };
    const client = wsClient(server, sink);
    client.subscribe({ query: FOLLOW, variables }, { ...sink, next });
  });
});

test("graphql-sse: what is asked once is answered once, and what is wrong is refused", { timeout }, async (t) => {
  const client = sseClient(await Server.start(t));
  assert.deepEqual(await all(client.iterate({ query: "{ __typename }" })), [{ data: { __typename: "Query" } }]);
  // This protocol tells it as the one result.
  const [refused, ...more] = await all(client.iterate({ query: "{ nothing }" }));
  assert.match(refused.errors[0].message, /nothing/);
  assert.deepEqual(more, []);
});

test("graphql-sse: no event is lost or doubled when the server is killed", { timeout }, async (t) => {
  await survives(t, (server, after, sink) => {
    // As a browser does it: the request stays what it was, and a header says how far it had come.
    let last;
    const next = (result) => {
      last = sink.next(result) ?? last;
    };
    const headers = () => (last ? { "last-event-id": last } : {});
    const client = sseClient(server, sink, { headers, retryAttempts: RETRIES });
    client.subscribe({ query: FOLLOW, variables: { after } }, { ...sink, next });
  });
});

test("server-sent events: the id of each is its cursor", { timeout }, async (t) => {
  const server = await Server.start(t);
  const { cursor, job } = await begin(server);
  const headers = { accept: "text/event-stream", "content-type": "application/json" };
  const body = JSON.stringify({ query: FOLLOW, variables: { after: cursor } });
  const answer = await server.fetch("/graphql", { method: "POST", headers, body });
  assert.equal(answer.headers.get("content-type").split(";")[0], "text/event-stream");
  const { id, event, data } = await firstBlock(answer);
  const completed = JSON.parse(data).data.jobCompleted;
  assert.equal(event, "next");
  assert.equal(completed.jobId, job.id);
  assert.equal(id, completed.cursor);
});

/**
 * Follows a number of jobs from before the first one, and kills the server on the way. `subscribe` is what
 * differs between the clients: it begins after a cursor and gives the sink what comes.
 */
async function survives(t, subscribe) {
  const server = await Server.start(t);
  const { cursor, job } = await begin(server);
  const events = [];
  let connections = 0;
  const { promise: retry, resolve: retried } = deferred();
  const { promise: failure, reject: fail } = deferred();
  const crash = async () => {
    await server.kill();
    // At first there is nobody to come back to.
    await retry;
    await server.restart();
  };
  const sink = {
    connecting: (again) => again && retried(),
    connected: () => connections++,
    next({ data, errors }) {
      if (errors) return fail(asError(errors));
      events.push(data.jobCompleted);
      if (events.length === KILLED_AT) crash().catch(fail);
      return data.jobCompleted.cursor;
    },
    error: (reason) => fail(asError(reason)),
    complete: () => fail(new Error("it completed")),
  };
  subscribe(server, cursor, sink);

  const followed = async () => {
    const jobs = [job, ...(await askAll(server))].map(({ id }) => id);
    await repeat(async () => (await unfinished(server)) === 0);
    // Whatever was to come before its event has come, or is lost.
    const last = (await ask(server, JOBS)).job.id;
    await repeat(() => events.some(({ jobId }) => jobId === last));
    return [...jobs, last];
  };
  const jobs = await Promise.race([followed(), failure]);
  assert.deepEqual(skips(events.map(({ seq }) => Number(seq))), []);
  assert.deepEqual(events.map(({ jobId }) => jobId).sort(), jobs.sort());
  assert.equal(connections, 2);
}

/** Where a number is not one more than the one before. */
function skips(numbers) {
  const pairs = numbers.slice(1).map((number, index) => [numbers[index], number]);
  return pairs.filter(([before, number]) => number !== before + 1).map((pair) => pair.join(" then "));
}

function wsClient(server, { connecting, connected } = {}) {
  const client = createWsClient({
    url: `${server.address.replace(/^http/, "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: server.authorization },
    retryAttempts: RETRIES,
    retryWait: () => wait(PAUSE),
    // Without it a refused connection is fatal; the codes that the protocol calls fatal still are.
    shouldRetry: () => true,
    on: { connecting, connected },
  });
  server.clients.push(client);
  return client;
}

function sseClient(server, { connecting, connected } = {}, { headers = () => ({}), retryAttempts = 0 } = {}) {
  const client = createSseClient({
    url: `${server.address}/graphql`,
    headers: () => ({ authorization: server.authorization, ...headers() }),
    retryAttempts,
    retry: () => wait(PAUSE),
    on: { connecting, connected },
  });
  server.clients.push(client);
  return client;
}

/** Uploads what is asked about, and asks for the first time. */
async function begin(server) {
  const headers = { "content-type": "text/csv" };
  await server.fetch("/v1/datasets/posts", { method: "PUT", headers, body: POSTS });
  return ask(server, 0);
}

/** The others, some at once. */
async function askAll(server) {
  const numbers = Array.from({ length: JOBS - 1 }, (_, index) => index + 1).values();
  const asked = [];
  const asker = async () => {
    for (const number of numbers) asked.push((await ask(server, number)).job);
  };
  await Promise.all([asker(), asker(), asker(), asker()]);
  return asked;
}

/** Asks until there is an answer; the key keeps it one job, however often it is asked. */
async function ask(server, number) {
  const query = `mutation ($input: CreateQueryInput!) {
    createQuery(input: $input) { cursor job { id } userErrors { message } } }`;
  const prompt = "How many people mentioned Acme?";
  const input = { prompt, sources: ["dataset:posts"], idempotencyKey: `job ${number}` };
  const { createQuery } = await repeat(() => server.graphql(query, { input }));
  assert.deepEqual(createQuery.userErrors, []);
  return createQuery;
}

async function unfinished(server) {
  const query = "{ jobs(first: 1, filter: { statuses: [QUEUED, RUNNING] }) { totalCount } }";
  return (await server.graphql(query)).jobs.totalCount;
}

/** Until it answers something true; what it throws counts once the time is up. */
async function repeat(attempt, deadline = 15_000) {
  const end = Date.now() + deadline;
  let reason = new Error(`nothing within ${deadline} ms`);
  while (Date.now() < end) {
    try {
      const found = await attempt();
      if (found) return found;
    } catch (error) {
      reason = error;
    }
    await wait(PAUSE);
  }
  throw reason;
}

async function all(iterator) {
  const results = [];
  for await (const result of iterator) results.push(result);
  return results;
}

/** The fields of the first block that has data; there may be comments, and blocks of an id alone, before. */
async function firstBlock(answer) {
  let text = "";
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split("\n\n").slice(0, -1).map(fields);
    const found = blocks.find(({ data }) => data);
    if (found) return found;
  }
  throw new Error(`the stream ended:\n${text}`);
}

function fields(block) {
  return Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
}

/** Of what a client gives up with: an error, what happened to its socket, or the errors of an answer. */
function asError(reason) {
  if (reason instanceof Error) return reason;
  const closed = reason.code && `closed: ${reason.code} ${reason.reason}`;
  return new Error(reason.message ?? closed ?? JSON.stringify(reason));
}

function deferred() {
  let resolve, reject;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // What is refused once nobody waits for it any more is no fault of the process.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
