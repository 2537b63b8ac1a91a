/** A file becomes a dataset: chosen or dropped, named, and sent. */
import { Alert, Button, FileButton, Group, Progress, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type FormEvent, useEffect, useRef, useState } from "react";

import { readAnew } from "../../../api/anew";
import { Failure } from "../../../api/request";
import { type UploadedDataset, UploadFailure, uploadDataset } from "../../../api/rest";
import { bytes, count, percent } from "../../../ui/format";
import { Trouble } from "../../../ui/states";
import { Report } from "./report";

const TYPES: Record<string, string> = {
  csv: "text/csv",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
};
const ACCEPTED = Object.keys(TYPES)
  .map((ending) => `.${ending}`)
  .join(",");
const LONGEST_NAME = 64;
const COLUMNS = [
  { field: "text", label: "Text column" },
  { field: "author", label: "Author column" },
  { field: "published_at", label: "Date column" },
] as const;
const BAD_ROWS = [
  { value: "reject", label: "Refuse the file" },
  { value: "skip", label: "Leave them out" },
];

type Sending =
  | { kind: "idle" }
  | { kind: "sending"; part: number }
  | { kind: "done"; dataset: UploadedDataset }
  | { kind: "failed"; error: unknown };

export function Upload() {
  const cache = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [columns, setColumns] = useState<Record<string, string>>({});
  const [onError, setOnError] = useState("reject");
  const [state, setState] = useState<Sending>({ kind: "idle" });
  const [isOver, setOver] = useState(false);
  const stop = useRef<AbortController | null>(null);
  // Who leaves the page does not wait for the rest.
  useEffect(() => () => stop.current?.abort(), []);

  const choose = (chosen: File | null) => {
    if (!chosen) return;
    setFile(chosen);
    setName(validName(chosen.name));
    setState({ kind: "idle" });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!isSending) choose(event.dataTransfer.files[0] ?? null);
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!file || isSending) return;
    const abort = new AbortController();
    stop.current = abort;
    setState({ kind: "sending", part: 0 });
    try {
      const given = { ...columns, on_error: onError };
      const dataset = await uploadDataset(
        name,
        file,
        contentType(file.name),
        given,
        (part) => setState({ kind: "sending", part }),
        abort.signal,
      );
      setState({ kind: "done", dataset });
      setFile(null);
      await readAnew(cache);
    } catch (error) {
      setState({ kind: "failed", error });
    }
  };

  const isSending = state.kind === "sending";
  const isNameBad = name !== "" && !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name);
  return (
    <form onSubmit={(event) => void send(event)} aria-label="Upload a dataset">
      <Stack>
        <div
          className="drop"
          data-over={isOver}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <Stack gap="xs" align="center">
            <Text style={{ overflowWrap: "anywhere" }} aria-live="polite">
              {file ? `${file.name}, ${bytes(file.size)}` : "Drop a CSV, NDJSON or Parquet file here, or choose one."}
            </Text>
            <FileButton onChange={choose} accept={ACCEPTED} disabled={isSending}>
              {(button) => (
                <Button size="sm" variant="default" {...button} disabled={isSending}>
                  {file ? "Choose another file" : "Choose a file"}
                </Button>
              )}
            </FileButton>
          </Stack>
        </div>
        <TextInput
          label="Name"
          description="A question names it as dataset:name. A name that is there already gets a new version."
          required
          maxLength={LONGEST_NAME}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={isNameBad ? "Use lower-case letters, digits, -, _ or ., beginning with a letter or digit." : undefined}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {COLUMNS.map(({ field, label }) => (
            <TextInput
              key={field}
              label={label}
              description="Empty: told from the file."
              autoComplete="off"
              value={columns[field] ?? ""}
              onChange={(event) => {
                const column = event.currentTarget.value;
                setColumns((before) => ({ ...before, [field]: column }));
              }}
            />
          ))}
          <Select
            label="Rows that cannot be read"
            description="What becomes of them."
            data={BAD_ROWS}
            value={onError}
            onChange={(value) => setOnError(value ?? "reject")}
            allowDeselect={false}
          />
        </SimpleGrid>
        <Group gap="xs">
          <Button type="submit" loading={isSending} disabled={!file || isNameBad}>
            Upload
          </Button>
          {isSending ? (
            <Button variant="default" onClick={() => stop.current?.abort()}>
              Stop
            </Button>
          ) : null}
        </Group>
        {state.kind === "sending" ? <Sent part={state.part} /> : null}
        <div role="status" aria-label="Import report">
          {state.kind === "done" ? <Done dataset={state.dataset} /> : null}
        </div>
        {state.kind === "failed" ? <Refused error={state.error} /> : null}
      </Stack>
    </form>
  );
}

function Sent({ part }: { part: number }) {
  return (
    <div>
      <Progress.Root size="lg">
        <Progress.Section value={part * 100} aria-label="Sending the file" animated={part >= 1} />
      </Progress.Root>
      <Text size="sm">{part < 1 ? `${percent(part)} sent` : "All is sent; the server reads it…"}</Text>
    </div>
  );
}

function Done({ dataset }: { dataset: UploadedDataset }) {
  return (
    <Stack>
      <Alert color="green" variant="light" title="Uploaded" styles={{ title: { color: "var(--mantine-color-text)" } }}>
        <Text size="sm" c="var(--mantine-color-text)" style={{ overflowWrap: "anywhere" }}>
          {dataset.source} is at version {dataset.version}, with {count(dataset.documents)} documents.
        </Text>
      </Alert>
      {dataset.report ? <Report report={dataset.report} /> : null}
    </Stack>
  );
}

function Refused({ error }: { error: unknown }) {
  const isStopped = error instanceof Failure && error.code === "ABORTED";
  const report = error instanceof UploadFailure ? error.report : null;
  return (
    <Stack>
      <Trouble title={isStopped ? "Stopped" : "The file was not taken"} error={error} />
      {report ? <Report report={report} /> : null}
    </Stack>
  );
}

/** The file's name without its ending, with nothing in it that a dataset's name may not have. */
function validName(fileName: string): string {
  return fileName
    .toLowerCase()
    .replace(/\.(csv|ndjson|jsonl|parquet)$/, "")
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, "");
}

function contentType(fileName: string): string {
  const ending = fileName.toLowerCase().split(".").at(-1) ?? "";
  return TYPES[ending] ?? "application/octet-stream";
}
