/**
 * The browser's session: a key is sent once, to sign in, and is not kept by this page; from then on the
 * browser sends a cookie that no script can read.
 */
import { NO_KEY, post } from "./fetcher";

/** What is known about who uses the page. */
export type SessionState =
  | { kind: "missing"; message: string }
  | { kind: "asking" }
  | { kind: "accepted"; workspace: string; key: string; until: Date }
  | { kind: "refused"; message: string };

/** What `/v1/session` answers. */
type Shown =
  | { signed_in: false }
  | { signed_in: true; workspace: string; key_name: string; expires_at: string };

const REFUSED = "The server did not accept this API key. Check that it is complete and not revoked.";
const UNREACHABLE = "The server did not answer. Check that it is still running.";

export const SIGNED_OUT: SessionState = { kind: "missing", message: NO_KEY };
export const ENDED: SessionState = {
  kind: "missing",
  message: "The session has ended. Enter the API key to sign in again.",
};

/** An answer, read to its end: the browser counts one that nobody reads as broken off. */
interface Answer {
  status: number;
  body: unknown;
}

/** Whether the browser is signed in already, by this page or by a link. */
export async function currentSession(): Promise<SessionState> {
  const answer = await ask("GET");
  return answer?.status === 200 ? describe(answer.body as Shown) : refusal(answer);
}

export async function signIn(key: string): Promise<SessionState> {
  if (key === "") return SIGNED_OUT;
  const answer = await ask("POST", { api_key: key });
  if (answer?.status === 401) return { kind: "refused", message: REFUSED };
  return answer?.status === 201 ? describe(answer.body as Shown) : refusal(answer);
}

export async function signOut(): Promise<SessionState> {
  const answer = await ask("DELETE");
  return answer?.status === 204 ? SIGNED_OUT : refusal(answer);
}

async function describe(shown: Shown): Promise<SessionState> {
  if (!shown.signed_in) return SIGNED_OUT;
  // Where only trusted documents are taken, the id has to do.
  const answer = await post({ query: "{ workspace { name } }" });
  const found = answer.data?.workspace as { name: string } | null | undefined;
  return {
    kind: "accepted",
    workspace: found?.name ?? shown.workspace,
    key: shown.key_name,
    until: new Date(shown.expires_at),
  };
}

/** A problem document says what to do in `detail`. */
function refusal(answer: Answer | null): SessionState {
  if (answer === null) return { kind: "refused", message: UNREACHABLE };
  const { detail } = (answer.body ?? {}) as { detail?: string };
  return { kind: "refused", message: detail ?? `The server answered ${answer.status}.` };
}

async function ask(method: string, body?: object): Promise<Answer | null> {
  try {
    const response = await fetch(new URL("v1/session", document.baseURI), {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
      cache: "no-store",
      credentials: "same-origin",
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  } catch {
    return null;
  }
}
