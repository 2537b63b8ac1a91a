/** The key field: what is typed there lives in this page's memory only, and goes when it is closed. */
import { type FormEvent, useState } from "react";

import { NO_KEY, post } from "./fetcher";

/** What is known about the key. */
export type KeyState =
  | { kind: "missing" }
  | { kind: "asking" }
  | { kind: "accepted"; workspace: string }
  | { kind: "refused"; message: string };

interface Props {
  state: KeyState;
  onKey: (key: string) => void;
}

export function KeyField({ state, onKey }: Props) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onKey(text.trim());
  };
  return (
    <header className="bar">
      <strong>ByteStack</strong>
      <form onSubmit={submit}>
        <label htmlFor="api-key">API key</label>
        <input
          id="api-key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="bsk_…"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={submit}
          aria-describedby="key-state"
          aria-invalid={state.kind === "refused"}
        />
        <button type="submit">Use</button>
      </form>
      <p id="key-state" role="status" data-state={state.kind}>
        {describe(state)}
      </p>
    </header>
  );
}

/** Who this key is, asked of the server. */
export async function checkKey(key: string): Promise<KeyState> {
  if (key === "") return { kind: "missing" };
  const answer = await post({ query: "{ workspace { name } }" }, key);
  const error = answer.errors?.[0];
  if (error) return { kind: "refused", message: error.message };
  const workspace = answer.data?.workspace as { name: string } | null | undefined;
  return { kind: "accepted", workspace: workspace?.name ?? "" };
}

function describe(state: KeyState): string {
  switch (state.kind) {
    case "missing":
      return `${NO_KEY} The server printed it at its first start; bytestack key create makes another.`;
    case "asking":
      return "Checking the key…";
    case "accepted":
      return `Workspace ${state.workspace}. The key is kept until this page is closed.`;
    case "refused":
      return state.message;
  }
}
