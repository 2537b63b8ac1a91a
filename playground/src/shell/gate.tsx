/** Nobody sees a page before the server knows who it is; then the pages, with what the key allows. */
import { Button, Center, Loader, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useCallback, useEffect, useMemo, useState } from "react";

import { whenSessionEnds } from "../api/request";
import { ENDED, SIGNED_OUT, type SessionState, currentSession, signIn, signOut } from "../api/session";
import { Pages } from "./pages";
import { SessionContext } from "./session";

export function Gate() {
  const cache = useQueryClient();
  const [state, setState] = useState<SessionState>({ kind: "asking" });
  const end = useCallback(
    (next: SessionState) => {
      // What one person saw is not for the next.
      cache.clear();
      setState(next);
    },
    [cache],
  );
  useEffect(() => {
    whenSessionEnds(() => end(ENDED));
    void currentSession().then(setState);
  }, [end]);

  const session = useMemo(() => {
    const leave = async () => {
      const next = await signOut();
      if (next.kind === "missing") end(SIGNED_OUT);
      return next;
    };
    return state.kind === "accepted" ? { ...state, leave, ended: () => end(ENDED) } : null;
  }, [state, end]);

  if (state.kind === "asking") {
    return (
      <Center mih="100dvh">
        <Loader aria-label="Asking the server who is signed in" />
      </Center>
    );
  }
  if (state.kind !== "accepted") return <SignIn state={state} onSignIn={(key) => signIn(key).then(setState)} />;
  return (
    <SessionContext.Provider value={session}>
      <Pages />
    </SessionContext.Provider>
  );
}

interface SignInProps {
  state: Extract<SessionState, { message: string }>;
  onSignIn: (key: string) => Promise<void>;
}

/** What is typed here is gone once it is sent. */
function SignIn({ state, onSignIn }: SignInProps) {
  const [key, setKey] = useState("");
  const [isAsking, setAsking] = useState(false);
  useEffect(() => void (document.title = "Sign in · ByteStack"), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    setKey("");
    void onSignIn(key.trim()).finally(() => setAsking(false));
  };
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" maw={440} w="100%">
        <form onSubmit={submit}>
          <Stack>
            <Title order={1} size="h2">
              ByteStack
            </Title>
            <Text c="dimmed">
              Sign in with an API key, or with the link that the server printed when it started. The key is sent once
              and not kept by this page.
            </Text>
            <PasswordInput
              label="API key"
              placeholder="bsk_…"
              autoComplete="off"
              data-autofocus
              autoFocus
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              error={state.kind === "refused" ? state.message : undefined}
            />
            <Button type="submit" loading={isAsking}>
              Sign in
            </Button>
            <Text role="status" size="sm">
              {state.kind === "missing" ? `${state.message} ` : ""}The server printed a key at its first start;{" "}
              <code>bytestack key create</code> makes another.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
