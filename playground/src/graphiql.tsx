/** `/graphiql`: GraphiQL with a field for the API key and the example operations in tabs. */
import "./workers";
import "graphiql/style.css";
import "./graphiql.css";

import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { StrictMode, useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { createFetcher } from "./fetcher";
import { type KeyState, KeyField, checkKey } from "./key";
import { operations } from "./operations";

/** Without stored tabs the editor has to be told what the first tab shows. */
const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;
const first = isFirstVisit ? operations[0] : undefined;

function Page() {
  const [key, setKey] = useState("");
  const [state, setState] = useState<KeyState>({ kind: "missing" });
  const latest = useRef("");

  const use = (next: string) => {
    if (next === latest.current && state.kind !== "refused") return;
    latest.current = next;
    setState({ kind: next === "" ? "missing" : "asking" });
    void checkKey(next).then((found) => {
      if (latest.current !== next) return;
      setState(found);
      setKey(next);
    });
  };

  const fetcher = useMemo(() => createFetcher(key), [key]);
  // Null means: do not ask for the schema. Without a good key that would only show an error.
  const schema = state.kind === "accepted" && key !== "" ? undefined : null;
  useEffect(() => document.getElementById("api-key")?.focus(), []);
  return (
    <>
      <KeyField state={state} onKey={use} />
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
