/** Links by which anybody downloads a file without a key, until they end. */
import { Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useChange, useData } from "../../api/data";
import type { DownloadLinksQuery } from "../../api/generated/graphql";
import { accepted, idOf } from "../../api/request";
import { useMay } from "../../shell/session";
import { Choice } from "../../ui/choice";
import { ConfirmButton } from "../../ui/confirm";
import { count, localTime } from "../../ui/format";
import { Section } from "../../ui/page";
import { Scroll } from "../../ui/scroll";
import { SecretOnce } from "../../ui/secret";
import { State } from "../../ui/state";
import { Shown, Trouble } from "../../ui/states";
import { Time } from "../../ui/time";
import { CREATE_LINK, LINKS, REVOKE_LINK } from "./documents";

type DownloadLink = NonNullable<DownloadLinksQuery["downloadLinks"]>["nodes"][number];

export function Share({ storageKey }: { storageKey: string }) {
  const mayWrite = useMay("write");
  const links = useData(LINKS, { storageKey });
  const total = links.data?.downloadLinks?.totalCount ?? 0;
  return (
    <Section
      title="Share"
      aside={total > 0 ? <Text size="sm">{total === 1 ? "1 link" : `${count(total)} links`}</Text> : null}
    >
      <Stack>
        {mayWrite ? <NewLink storageKey={storageKey} /> : null}
        <Shown query={links} what="the links">
          {({ downloadLinks }) => <Links links={downloadLinks?.nodes ?? []} total={total} />}
        </Shown>
      </Stack>
    </Section>
  );
}

/** The same behind a button, where it is one way out among others. */
export function ShareButton({ storageKey }: { storageKey: string }) {
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        Share
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title="Share this result" size="lg">
        <Share storageKey={storageKey} />
      </Modal>
    </>
  );
}

/** Only the links are read anew: the file has stayed what it is, and may be large. */
function useLinksChanged(): () => Promise<void> {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: [idOf(LINKS)] });
}

const HOUR = 3600;
const SPANS = { "1": "1 hour", "24": "1 day", "168": "7 days", "2160": "90 days" };

function NewLink({ storageKey }: { storageKey: string }) {
  const [hours, setHours] = useState<keyof typeof SPANS>("24");
  const [url, setUrl] = useState<string | null>(null);
  const changed = useLinksChanged();
  const create = useChange(CREATE_LINK, {
    pick: (data) => accepted(data.createDownloadLink).downloadLink,
    stale: "none",
  });
  const make = () =>
    create.mutate(
      { storageKey, expiresInSeconds: Number(hours) * HOUR },
      {
        onSuccess: (link) => {
          setUrl(link?.url ?? null);
          void changed();
        },
      },
    );
  return (
    <>
      <Group align="flex-end">
        <Choice label="The link works for" value={hours} choices={SPANS} onChange={setHours} />
        <Button variant="default" loading={create.isPending} onClick={make}>
          Make a link
        </Button>
      </Group>
      <Trouble title="No link was made" error={create.error} />
      <SecretOnce
        title="The link"
        secret={url}
        onClose={() => setUrl(null)}
        note="Whoever has this link has the file. Its address is not shown again; if it is lost, make another."
      />
    </>
  );
}

function Links({ links, total }: { links: DownloadLink[]; total: number }) {
  const mayWrite = useMay("write");
  if (links.length === 0) return <Text c="dimmed">Nobody has a link to this file.</Text>;
  return (
    <>
      {total > links.length ? (
        <Text c="dimmed" size="sm">{`The newest ${links.length} of ${count(total)}.`}</Text>
      ) : null}
      <Scroll minWidth={520}>
        <Table aria-label="Links">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>State</Table.Th>
              <Table.Th>Made</Table.Th>
              <Table.Th>Works until</Table.Th>
              {mayWrite ? <Table.Th aria-label="Actions" /> : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {links.map((link) => (
              <Table.Tr key={link.id}>
                <Table.Td>
                  <State of={stateOf(link)} />
                </Table.Td>
                <Table.Td>
                  <Time at={link.createdAt} />
                </Table.Td>
                <Table.Td>
                  <Time at={link.revokedAt ?? link.expiresAt} />
                </Table.Td>
                {mayWrite ? <Table.Td>{link.active ? <Revoke link={link} /> : null}</Table.Td> : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </>
  );
}

function stateOf(link: DownloadLink): string {
  if (link.active) return "ACTIVE";
  return link.revokedAt ? "REVOKED" : "EXPIRED";
}

function Revoke({ link }: { link: DownloadLink }) {
  const changed = useLinksChanged();
  const revoke = useChange(REVOKE_LINK, { pick: (data) => accepted(data.revokeDownloadLink), stale: "none" });
  return (
    <ConfirmButton
      size="compact-sm"
      title="Revoke this link?"
      explains={`The link made on ${localTime(link.createdAt)} stops working at once. Downloads that have begun go on.`}
      confirm="Revoke the link"
      onConfirm={() => revoke.mutateAsync({ downloadLinkId: link.id }).then(changed)}
      isWaiting={revoke.isPending}
      error={revoke.error}
    >
      Revoke
    </ConfirmButton>
  );
}
