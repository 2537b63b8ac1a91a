/** Deletes files, after it has asked the server how many there are and how large. */
import type { ButtonProps } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { readAnew } from "../../api/anew";
import { bytes, count } from "../../ui/format";
import { notice } from "../../ui/notice";
import { ConfirmButton } from "../../ui/confirm";
import { Waiting } from "../../ui/states";
import { type Doomed, type Outcome, deleteFiles, files, forget, useDryRun } from "./deleting";

interface Props extends ButtonProps {
  doomed: Doomed;
  title: string;
  onDeleted: () => void;
  children: ReactNode;
}

export function DeleteFiles({ doomed, title, onDeleted, children, ...button }: Props) {
  const cache = useQueryClient();
  const [done, setDone] = useState(0);
  // Asked by the dialog, once it is open; here it is only known.
  const counted = useDryRun(doomed, false);
  const remove = useMutation({ mutationFn: () => deleteFiles(doomed, false, setDone) });
  const confirm = async () => {
    if (!counted.data) throw counted.error ?? new Error("not counted");
    try {
      const outcome = await remove.mutateAsync();
      onDeleted();
      tell(outcome);
      forget(cache, doomed);
    } catch (cause) {
      // Some may be gone already.
      void readAnew(cache);
      throw cause;
    }
  };
  return (
    <ConfirmButton
      {...button}
      title={title}
      explains={<WhatGoes doomed={doomed} done={remove.isPending ? done : null} />}
      confirm="Delete for good"
      onConfirm={confirm}
      isWaiting={counted.isFetching || remove.isPending}
      error={remove.error ?? counted.error}
    >
      {children}
    </ConfirmButton>
  );
}

function WhatGoes({ doomed, done }: { doomed: Doomed; done: number | null }) {
  const counted = useDryRun(doomed, true);
  if (counted.isFetching && done === null) return <Waiting what="Counting what goes" />;
  // Nothing is selected any more while the dialog fades out.
  if (!counted.data || ("keys" in doomed && doomed.keys.length === 0)) return null;
  const { matched, bytes: size } = counted.data;
  return (
    <>
      <p style={{ margin: 0 }}>
        {matched === 0
          ? "Nothing is left to delete: it is gone already."
          : `${files(matched)} with ${bytes(size)} will be gone for good, and links to ${matched === 1 ? "it" : "them"} stop working. Runs and events stay.`}
      </p>
      <p role="status" style={{ margin: 0 }}>
        {done === null ? "" : `Deleted ${count(done)} of ${count(matched)}`}
      </p>
    </>
  );
}

function tell({ matched, deleted }: Outcome): void {
  const rest = matched - deleted;
  const verb = deleted === 1 ? "is" : "are";
  notice("Deleted", `${files(deleted)} ${verb} gone.${rest > 0 ? ` The other ${count(rest)} go soon.` : ""}`);
}
