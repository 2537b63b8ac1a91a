/**
 * Subscriptions over `graphql-transport-ws`, one socket for the whole page. A broken socket is opened again, later
 * and later up to half a minute; what is followed from a cursor goes on from the last one that was seen, so that
 * nothing is missed and nothing comes twice.
 */
import { type Client, type SubscribePayload, createClient } from "graphql-ws";

import type { TypedDocumentString } from "./generated/graphql";

/** Whether events arrive as they happen. */
export type LiveState = "connecting" | "live" | "broken";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** Close codes of the protocol that mean the session was not good, or no longer is. */
const SESSION_REFUSED = [4401, 4403];
/** Reasons that mean the cursor is of no use any more. */
const CURSOR_LOST = ["CURSOR_INVALID", "CURSOR_EXPIRED"];

interface Followed<Data> {
  /** The variables to begin with, each time anew. */
  variables: () => Record<string, unknown>;
  onData: (data: Data) => void;
  /** When the place in the log is lost: what was seen before has to be read anew. */
  onLost?: () => void;
}

export class Live {
  readonly #client: Client;
  readonly #listeners = new Set<() => void>();
  #state: LiveState = "connecting";
  #isOver = false;
  #wake: () => void = () => {};

  /** `onRefused` is called when the server says that nobody is signed in. */
  constructor(onRefused: () => void) {
    this.#client = createClient({
      url: new URL("graphql", document.baseURI).href.replace(/^http/, "ws"),
      // Each subscription is begun anew by `follow`, with the variables of then.
      retryAttempts: 0,
      keepAlive: 15_000,
      on: {
        connected: () => this.#becomes("live"),
        closed: (event) => {
          const { code } = event as CloseEvent;
          if (SESSION_REFUSED.includes(code)) onRefused();
          if (!this.#isOver) this.#becomes("broken");
        },
      },
    });
    // Who is back on the net does not wait until the next try.
    addEventListener("online", this.#hurry);
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Tells of each change of the state, until the function that it answers is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follows a subscription through all interruptions, until the function that it answers is called. */
  follow<Data, Variables>(document: TypedDocumentString<Data, Variables>, followed: Followed<Data>): () => void {
    let isOver = false;
    let stop = () => {};
    const run = async () => {
      for (let wait = FIRST_WAIT; !isOver && !this.#isOver; wait = Math.min(wait * 2, LONGEST_WAIT)) {
        const iterator = this.#client.iterate<Data>(payload(document, followed.variables()));
        stop = () => void iterator.return?.();
        try {
          for await (const result of iterator) {
            if (result.errors) throw result.errors;
            if (result.data) followed.onData(result.data);
            wait = FIRST_WAIT;
          }
          // Ended by the server: there is no more.
          return;
        } catch (cause) {
          if (isOver || this.#isOver) return;
          if (reasons(cause).some((reason) => CURSOR_LOST.includes(reason))) followed.onLost?.();
        }
        await this.#rest(wait);
      }
    };
    void run();
    return () => {
      isOver = true;
      stop();
    };
  }

  /** Closes the socket for good. */
  end(): void {
    this.#isOver = true;
    removeEventListener("online", this.#hurry);
    this.#wake();
    void this.#client.dispose();
  }

  readonly #hurry = () => this.#wake();

  #becomes(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        before();
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Named by its hash, as queries are; the client insists on a text, so it is empty. */
function payload(
  document: { __meta__?: Record<string, unknown> },
  variables: Record<string, unknown>,
): SubscribePayload {
  const persistedQuery = { version: 1, sha256Hash: document.__meta__?.hash };
  return { query: "", extensions: { persistedQuery }, variables };
}

function reasons(cause: unknown): string[] {
  if (!Array.isArray(cause)) return [];
  const errors = cause as { extensions?: { reason?: string } }[];
  return errors.flatMap((error) => error.extensions?.reason ?? []);
}
