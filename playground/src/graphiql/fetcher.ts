/**
 * How operations reach the server: queries and mutations by POST, subscriptions over
 * `graphql-transport-ws`, both on `/graphql` and by the session's cookie, which the browser sends along by
 * itself. What goes wrong on the way comes back as a GraphQL error with a sentence that says what to do, never as a dump.
 */
import type { Fetcher, FetcherParams } from "@graphiql/toolkit";
import { type ExecutionResult, GraphQLError, getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";

const NO_KEY = "Enter the API key in the field at the top of the page first.";
const ENDED = "The session has ended. Enter the API key in the field at the top of the page again.";
const UNREACHABLE = "The server did not answer. Check that it is still running.";

/** Close codes of the protocol that mean the session was not good, or no longer is. */
const SESSION_REFUSED = [4401, 4403];

type Payload = Pick<FetcherParams, "query" | "variables" | "operationName">;

/** A fetcher that says when the session turns out to have ended. */
export function createFetcher(isSignedIn: boolean, onEnded: () => void): Fetcher {
  return (params) => {
    if (!isSignedIn) return Promise.resolve(failed(NO_KEY));
    const payload = withValidName(params);
    return isSubscription(payload) ? subscribe(payload, onEnded) : post(payload, onEnded);
  };
}

/** One request; answers what the server said, or an error of the same shape. */
async function post(payload: Payload, onEnded?: () => void): Promise<ExecutionResult> {
  const response = await fetch(address(), {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
    },
    body: JSON.stringify(payload),
    cache: "no-store",
    credentials: "same-origin",
  }).catch(() => null);
  if (response === null) return failed(UNREACHABLE);
  if (response.status === 401) {
    onEnded?.();
    return failed(ENDED);
  }
  return response.json().catch(() => failed(`The server answered ${response.status} without JSON.`));
}

/** Events as they come, until the tab stops it or the server ends it. */
async function* subscribe(payload: Payload, onEnded: () => void): AsyncGenerator<ExecutionResult> {
  const client = createClient({
    url: address().replace(/^http/, "ws"),
    // An interruption is shown: what was missed meanwhile is asked for with `after`.
    retryAttempts: 0,
  });
  try {
    yield* client.iterate(payload) as AsyncIterable<ExecutionResult>;
  } catch (cause) {
    if (isClose(cause) && SESSION_REFUSED.includes(cause.code)) onEnded();
    yield failed(reason(cause), cause);
  } finally {
    await client.dispose();
  }
}

function reason(cause: unknown): string {
  if (Array.isArray(cause)) return cause.map((error: GraphQLError) => error.message).join(" ");
  if (isClose(cause)) {
    if (SESSION_REFUSED.includes(cause.code)) return cause.reason || ENDED;
    const why = cause.reason || `code ${cause.code}`;
    return `The connection ended: ${why}. Run it again; with \`after\` set to the last cursor nothing is missed.`;
  }
  return cause instanceof Error ? cause.message : UNREACHABLE;
}

function isClose(cause: unknown): cause is CloseEvent {
  return typeof cause === "object" && cause !== null && "code" in cause && "reason" in cause;
}

/** The server's own errors as they are, or one error with a message. */
function failed(message: string, cause?: unknown): ExecutionResult {
  if (Array.isArray(cause)) return { errors: cause as GraphQLError[] };
  return { errors: [new GraphQLError(message)] };
}

/** For a moment after a change of tabs, GraphiQL sends the name of the operation shown before. */
function withValidName({ query, variables, operationName }: FetcherParams): Payload {
  try {
    const isThere = getOperationAST(parse(query), operationName) != null;
    return isThere ? { query, variables, operationName } : { query, variables };
  } catch {
    return { query, variables, operationName };
  }
}

function isSubscription({ query, operationName }: Payload): boolean {
  try {
    return getOperationAST(parse(query), operationName)?.operation === "subscription";
  } catch {
    // Not GraphQL: the server says where.
    return false;
  }
}

function address(): string {
  return new URL("graphql", document.baseURI).href;
}
