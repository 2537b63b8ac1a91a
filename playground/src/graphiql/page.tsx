/** `/graphiql`: GraphiQL with a field for the API key that signs in, and the example operations in tabs. */
import "./workers";
import "graphiql/style.css";
import "./graphiql.css";

import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { StrictMode, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";

import { createFetcher } from "./fetcher";
import { KeyBar } from "./key";
import { operations } from "./operations";
import { ENDED, type SessionState, currentSession, signIn, signOut } from "../api/session";

/** Without stored tabs the editor has to be told what the first tab shows. */
const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;
const first = isFirstVisit ? operations[0] : undefined;

function Page() {
  const [state, setState] = useState<SessionState>({ kind: "asking" });
  useEffect(() => void currentSession().then(setState), []);
  const becomes = (next: Promise<SessionState>) => {
    setState({ kind: "asking" });
    void next.then(setState);
  };

  const isSignedIn = state.kind === "accepted";
  const fetcher = useMemo(() => createFetcher(isSignedIn, () => setState(ENDED)), [isSignedIn]);
  // Null means: do not ask for the schema. For nobody that would only show an error.
  const schema = isSignedIn ? undefined : null;
  return (
    <>
      <KeyBar
        state={state}
        onSignIn={(key) => becomes(signIn(key))}
        onSignOut={() => becomes(signOut())}
      />
      <main>
        <GraphiQL
          fetcher={fetcher}
          schema={schema}
          defaultTabs={operations}
          initialQuery={first?.query}
          initialVariables={first?.variables}
          defaultEditorToolsVisibility="variables"
          isHeadersEditorEnabled={false}
          shouldPersistHeaders={false}
        >
          <GraphiQL.Logo>GraphiQL</GraphiQL.Logo>
          <SystemTheme />
        </GraphiQL>
      </main>
    </>
  );
}

/** The editor's colours are chosen once: here they follow the system, unless the user has chosen. */
function SystemTheme() {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    if (theme) return;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setTheme(null);
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, [theme, setTheme]);
  return null;
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode><Page /></StrictMode>);
