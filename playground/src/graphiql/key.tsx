/** The bar at the top: the field for the API key that signs in, or who is signed in. */
import { type FormEvent, useState } from "react";

import type { SessionState } from "../api/session";

interface Props {
  state: SessionState;
  onSignIn: (key: string) => void;
  onSignOut: () => void;
}

export function KeyBar({ state, onSignIn, onSignOut }: Props) {
  return (
    <header className="bar">
      <a className="brand" href="./" title="The dashboard">
        ByteStack
      </a>
      {state.kind === "accepted" ? (
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      ) : (
        <KeyField isRefused={state.kind === "refused"} onSignIn={onSignIn} />
      )}
      <p id="key-state" role="status" data-state={state.kind}>
        {describe(state)}
      </p>
    </header>
  );
}

/** What is typed here is gone once it is sent. */
function KeyField({ isRefused, onSignIn }: { isRefused: boolean; onSignIn: Props["onSignIn"] }) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSignIn(text.trim());
    setText("");
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="api-key">API key</label>
      <input
        id="api-key"
        type="password"
        autoComplete="off"
        autoFocus
        spellCheck={false}
        placeholder="bsk_…"
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-describedby="key-state"
        aria-invalid={isRefused}
      />
      <button type="submit">Sign in</button>
    </form>
  );
}

function describe(state: SessionState): string {
  switch (state.kind) {
    case "missing":
      return `${state.message} The server printed it at its first start; bytestack key create makes another.`;
    case "asking":
      return "Asking the server…";
    case "accepted":
      return `Workspace ${state.workspace}, by the key “${state.key}” until ${state.until.toLocaleTimeString([], { timeStyle: "short" })}.`;
    case "refused":
      return state.message;
  }
}
