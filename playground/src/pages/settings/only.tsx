/** What needs a scope: for others one sentence in its place, and nothing is asked of the server. */
import { Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Scope } from "../../api/session";
import { useMay } from "../../shell/session";

export function Only({ scope, what, children }: { scope: Scope; what: string; children: ReactNode }) {
  if (useMay(scope)) return <>{children}</>;
  return (
    <div className="card">
      <Text>
        {what} can be seen and changed only with a key of scope {scope}; sign in with such a key to use this page.
      </Text>
    </div>
  );
}
