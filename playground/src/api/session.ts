/**
 * The browser's session: a key is sent once, to sign in, and is not kept by this page; from then on the
 * browser sends a cookie that no script can read.
 */
import { Failure, SESSION, reach } from "./request";

export type Scope = "read" | "write" | "admin";

/** What is known about who uses the page. */
export type SessionState =
  | { kind: "missing"; message: string }
  | { kind: "asking" }
  | ({ kind: "accepted"; key: string; scope: Scope; until: Date } & Workspace)
  | { kind: "refused"; message: string };

interface Workspace {
  workspace: string;
  /** Its last event before a page was shown, by its cursor; where nothing had happened yet there is none. */
  since: string | null;
}

/** What `/v1/session` answers. */
type Shown =
  { signed_in: false } | { signed_in: true; workspace: string; key_name: string; scope: Scope; expires_at: string };

export const NO_KEY = "Enter the API key to sign in.";
const REFUSED = "The server did not accept this API key. Check that it is complete and not revoked.";

export const SIGNED_OUT: SessionState = { kind: "missing", message: NO_KEY };
export const ENDED: SessionState = {
  kind: "missing",
  message: "The session has ended. Enter the API key to sign in again.",
};

/** Whether the browser is signed in already, by this page or by a link. */
export async function currentSession(): Promise<SessionState> {
  return asked("GET");
}

export async function signIn(key: string): Promise<SessionState> {
  return key === "" ? SIGNED_OUT : asked("POST", { api_key: key });
}

export async function signOut(): Promise<SessionState> {
  return asked("DELETE");
}

/** Whether a key with this scope may do what needs the other. */
export function allows(has: Scope, needs: Scope): boolean {
  const order: Scope[] = ["read", "write", "admin"];
  return order.indexOf(has) >= order.indexOf(needs);
}

async function asked(method: string, body?: object): Promise<SessionState> {
  try {
    const response = await reach(SESSION, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    // Read to its end: the browser counts an answer that nobody reads as broken off.
    const text = await response.text();
    return text === "" ? SIGNED_OUT : await describe(JSON.parse(text) as Shown);
  } catch (cause) {
    const isUnknownKey = cause instanceof Failure && cause.code === "UNAUTHENTICATED";
    return { kind: "refused", message: isUnknownKey ? REFUSED : (cause as Error).message };
  }
}

async function describe(shown: Shown): Promise<SessionState> {
  if (!shown.signed_in) return SIGNED_OUT;
  return {
    kind: "accepted",
    ...(await workspaceOf(shown.workspace)),
    key: shown.key_name,
    scope: shown.scope,
    until: new Date(shown.expires_at),
  };
}

/** Where only trusted documents are taken, the id has to do, and events are told of from when they are asked for. */
async function workspaceOf(id: string): Promise<Workspace> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ workspace { name } events(last: 1) { nodes { cursor } } }" }),
  };
  const answer = await reach("graphql", init)
    .then((response) => response.json())
    .catch(() => null);
  const { workspace, events } = (answer?.data ?? {}) as {
    workspace?: { name: string } | null;
    events?: { nodes: { cursor: string }[] } | null;
  };
  return { workspace: workspace?.name ?? id, since: events?.nodes[0]?.cursor ?? null };
}
