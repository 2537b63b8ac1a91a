/**
 * Queries and mutations: typed documents by POST to `/graphql`, each named by its hash, with the session's cookie, which
 * the browser sends along by itself. Whatever goes wrong becomes a [`Failure`] with a sentence that says what to do.
 */
import { graphql } from "./generated";
import type { RefusalFragment, TypedDocumentString } from "./generated/graphql";

/** What a page shows when something did not work. */
export class Failure extends Error {
  /** Stable and in capitals, as the server says it; `UNREACHABLE` where it did not answer. */
  readonly code: string;
  /** Where in the input, when the server says it. */
  readonly path: readonly string[];

  constructor(code: string, message: string, path: readonly string[] = []) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.path = path;
  }
}

/** Where one signs in: refused there, nobody's session has ended. */
export const SESSION = "v1/session";
/** The server does not know the page's documents: it is of another build. */
const OTHER_BUILD = "PERSISTED_QUERY_NOT_FOUND";
const UNREACHABLE = "The server did not answer. Check that it is still running, and your connection to it.";

interface GraphQLAnswer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** What is wrong with a mutation's input. Its code is of each mutation's own: who acts on one asks for it too. */
export const REFUSAL = graphql(`
  fragment Refusal on UserError {
    message
    path
  }
`);

/** Called when the server says that nobody is signed in any more. */
let onSessionEnded: () => void = () => {};
export function whenSessionEnds(told: () => void): void {
  onSessionEnded = told;
}

/** What a document is named by; the server of the same build has its text. */
export function idOf(document: { __meta__?: Record<string, unknown> }): string {
  return `sha256:${String(document.__meta__?.hash)}`;
}

/** The data of a document; an error anywhere in it is a failure of the whole. */
export async function request<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables?: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const response = await reach("graphql", {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
    },
    body: JSON.stringify({ documentId: idOf(document), variables }),
    signal,
  });
  const answer = (await response.json().catch(() => null)) as GraphQLAnswer<Data> | null;
  const error = answer?.errors?.[0];
  if (error) throw failure(error.extensions?.code ?? "ERROR", error.message);
  if (!answer?.data) throw new Failure("ERROR", `The server answered ${response.status} without data.`);
  return answer.data;
}

function failure(code: string, message: string): Failure {
  return new Failure(
    code,
    code === OTHER_BUILD ? "The server was updated since this page was loaded. Load the page again." : message,
  );
}

type Refused = RefusalFragment & { code?: string };

/** A mutation's payload, once it says that nothing was wrong with the input. */
export function accepted<Payload extends { userErrors: readonly Refused[] }>(payload: Payload): Payload {
  const error = payload.userErrors[0];
  if (error) throw new Failure(error.code ?? "REFUSED", error.message, error.path ?? []);
  return payload;
}

/** Any request to this server, by a path below the page's own; a refusal is told by its problem document. */
export async function reach(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, document.baseURI), { cache: "no-store", credentials: "same-origin", ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Failure("UNREACHABLE", UNREACHABLE);
  }
  if (response.status === 401 && path !== SESSION) onSessionEnded();
  const isGraphQL = response.headers.get("content-type")?.includes("graphql-response") ?? false;
  if (response.ok || isGraphQL) return response;
  throw await problem(response);
}

/** What a problem document (RFC 9457) says. */
async function problem(response: Response): Promise<Failure> {
  const body = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  return new Failure(body.code ?? "ERROR", body.detail ?? `The server answered ${response.status}.`);
}
