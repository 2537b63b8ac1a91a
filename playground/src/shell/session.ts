/** Who is signed in, for the pages. */
import { createContext, useContext } from "react";

import { type Scope, type SessionState, allows } from "../api/session";

export interface Session extends Extract<SessionState, { kind: "accepted" }> {
  /** Signs out; answers what came of it. */
  leave: () => Promise<SessionState>;
  /** For who hears from the server that the session has ended. */
  ended: () => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("a page is shown to nobody");
  return session;
}

/** Whether the key that signed in may do what needs this scope. */
export function useMay(scope: Scope): boolean {
  return allows(useSession().scope, scope);
}
