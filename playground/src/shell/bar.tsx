/** The bar at the top: the places one can go to, whether events arrive, and who is signed in. */
import { ActionIcon, Alert, Menu, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { Link, useLocation } from "wouter";

import { localTime } from "../ui/format";
import { notice } from "../ui/notice";
import { useLiveState } from "./live";
import { useSession } from "./session";

const PLACES = [
  { path: "/", title: "Overview" },
  { path: "/jobs", title: "Jobs" },
  { path: "/storage", title: "Storage" },
  { path: "/settings", title: "Settings" },
];

const HAS_GRAPHIQL = document.querySelector<HTMLMetaElement>("meta[name=graphiql]")?.content !== "off";

export function Bar() {
  return (
    <>
      <header className="bar">
        <div className="bar-inside">
          <Link href="/" className="brand">
            ByteStack
          </Link>
          <Places label="Places" className="places" />
          <LiveBadge />
          <SchemeToggle />
          <Person />
        </div>
        <Offline />
      </header>
      <Places label="Places, below" className="places-below" />
    </>
  );
}

function Places({ label, className }: { label: string; className: string }) {
  const [location] = useLocation();
  return (
    <nav aria-label={label} className={className}>
      {PLACES.map(({ path, title }) => {
        const isHere = path === "/" ? location === "/" : belongs(location).startsWith(path);
        return (
          <Link key={path} href={path} className="place" aria-current={isHere ? "page" : undefined}>
            {title}
          </Link>
        );
      })}
      {HAS_GRAPHIQL ? (
        <a className="place" href="graphiql">
          GraphiQL
        </a>
      ) : null}
    </nav>
  );
}

/** Questions, their results and what compares them are found from the jobs. */
function belongs(location: string): string {
  return /^\/(new|runs|queries|results|compare)(\/|$)/.test(location) ? "/jobs" : location;
}

function LiveBadge() {
  const state = useLiveState();
  const shown = {
    live: { tone: "good", text: "Live" },
    connecting: { tone: "soft", text: "Connecting…" },
    broken: { tone: "warn", text: "Reconnecting…" },
  }[state];
  return (
    <span className="state" role="status" data-tone={shown.tone} data-live={state}>
      {shown.text}
    </span>
  );
}

function Offline() {
  const { online } = useNetwork();
  if (online) return null;
  return (
    <Alert role="alert" color="yellow" variant="light" radius={0} title="This device is offline">
      <Text size="sm" c="var(--mantine-color-text)">
        What is shown may be old. It goes on by itself once the connection is back, and nothing that happened meanwhile
        is missed.
      </Text>
    </Alert>
  );
}

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const other = scheme === "light" ? "dark" : "light";
  return (
    <ActionIcon variant="default" size="lg" aria-label={`Use ${other} colours`} onClick={() => setColorScheme(other)}>
      {scheme === "light" ? <IconMoon size={18} aria-hidden /> : <IconSun size={18} aria-hidden />}
    </ActionIcon>
  );
}

function Person() {
  const session = useSession();
  const leave = async () => {
    const next = await session.leave();
    if (next.kind === "refused") notice("Still signed in", next.message);
  };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label="Who is signed in">
          <IconUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="var(--mantine-color-text)">
          Workspace {session.workspace}
          <br />
          by the key “{session.key}” ({session.scope})
          <br />
          until {localTime(session.until)}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
