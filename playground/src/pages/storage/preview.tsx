/** What is in a file: as a tree when that is not too much for it, else as text. */
import { useQuery } from "@tanstack/react-query";

import { readResult } from "../../api/rest";
import { Section } from "../../ui/page";
import { Shown } from "../../ui/states";
import { TextPreview } from "./text";
import { Tree } from "./tree";

const LARGEST_TREE = 2_000_000;

export function Preview({ storageKey, size, contentType }: { storageKey: string; size: number; contentType: string }) {
  const isTree = contentType.includes("json") && size <= LARGEST_TREE;
  return (
    <Section title="Preview">
      {isTree ? <TreePreview storageKey={storageKey} /> : <TextPreview storageKey={storageKey} size={size} />}
    </Section>
  );
}

function TreePreview({ storageKey }: { storageKey: string }) {
  // The bytes of a file never change; that it is deleted is told where its facts are read.
  const file = useQuery({
    queryKey: ["StorageJson", storageKey],
    queryFn: ({ signal }) => readResult(storageKey, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  return (
    <Shown query={file} what="the preview">
      {(value) => <Tree value={value} />}
    </Shown>
  );
}
