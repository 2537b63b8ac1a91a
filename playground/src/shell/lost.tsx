/** For addresses that lead nowhere. */
import { Anchor } from "@mantine/core";
import { Link } from "wouter";

import { Page } from "../ui/page";
import { Empty } from "../ui/states";

export function Lost() {
  return (
    <Page title="There is no such page">
      <Empty
        title="This address leads nowhere"
        action={
          <Anchor component={Link} href="/">
            Go to the overview
          </Anchor>
        }
      >
        It may be mistyped, or of another version.
      </Empty>
    </Page>
  );
}
