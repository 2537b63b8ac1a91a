/** The settings: one part at a time, chosen at the side. */
import { Anchor, Stack } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "wouter";

import { Lost } from "../../shell/lost";
import { Page } from "../../ui/page";
import { Audit } from "./audit";
import { Datasets } from "./datasets";
import { Keys } from "./keys";
import { Only } from "./only";
import { Sources } from "./sources";
import { StorageSettings } from "./storage";
import { Webhook } from "./webhook";
import { Webhooks } from "./webhooks";
import { WorkspaceSettings } from "./workspace";

interface Part {
  part: string;
  title: string;
  about: string;
  content: ReactNode;
}

const PARTS: Part[] = [
  {
    part: "storage",
    title: "Bucket & retention",
    about: "Where results are written besides being kept here, and how long things are kept.",
    content: (
      <Only scope="admin" what="The bucket and the retention policy">
        <StorageSettings />
      </Only>
    ),
  },
  {
    part: "webhooks",
    title: "Webhooks",
    about: "Receivers that are told of events as they happen.",
    content: (
      <Only scope="admin" what="Webhooks">
        <Webhooks />
      </Only>
    ),
  },
  {
    part: "keys",
    title: "API keys",
    about: "What programs and people sign in with.",
    content: (
      <Only scope="admin" what="API keys">
        <Keys />
      </Only>
    ),
  },
  {
    part: "sources",
    title: "Sources",
    about: "Where posts come from, and what this server needs to ask there.",
    content: <Sources />,
  },
  { part: "datasets", title: "Datasets", about: "Your own posts, uploaded as files.", content: <Datasets /> },
  {
    part: "workspace",
    title: "Workspace",
    about: "Its name, its time zone, and what it keeps.",
    content: (
      <Only scope="admin" what="The workspace">
        <WorkspaceSettings />
      </Only>
    ),
  },
  {
    part: "audit",
    title: "Audit log",
    about: "Who changed what, the newest first.",
    content: (
      <Only scope="admin" what="The audit log">
        <Audit />
      </Only>
    ),
  },
];

export default function SettingsPage({ part, id }: { part: string; id?: string }) {
  const places = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen the places are in one line, which may have to be scrolled.
    places.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [part]);
  const shown = PARTS.find((one) => one.part === part);
  if (!shown || (id !== undefined && part !== "webhooks")) return <Lost />;
  return (
    <div className="settings">
      <nav aria-label="Settings" className="settings-places" ref={places}>
        {PARTS.map(({ part: name, title }) => (
          <Link
            key={name}
            href={`/settings/${name}`}
            className="place"
            aria-current={name === part ? "page" : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      <div>
        {id === undefined ? (
          <Page key={part} title={shown.title} about={shown.about}>
            <Stack>{shown.content}</Stack>
          </Page>
        ) : (
          <Page
            key={id}
            title="Webhook endpoint"
            about={
              <Anchor component={Link} href="/settings/webhooks" underline="always">
                All webhooks
              </Anchor>
            }
          >
            <Only scope="admin" what="Webhooks">
              <Webhook id={id} />
            </Only>
          </Page>
        )}
      </div>
    </div>
  );
}
