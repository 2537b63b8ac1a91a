/** What is not GraphQL: result documents, downloads, and uploads. Types are those of the server's OpenAPI. */
import type { components } from "./generated/rest";
import { Failure, reach } from "./request";

export type ResultDocument = components["schemas"]["ResultDocument"];
export type Answer = components["schemas"]["Answer"];
export type Coverage = components["schemas"]["Coverage"];
export type Evidence = components["schemas"]["Evidence"];
export type Post = components["schemas"]["Post"];
export type SentimentCounts = components["schemas"]["SentimentCounts"];

/** Where a result is downloaded, below the page's own place; the session's cookie opens it. */
export function downloadPath(key: string, format?: "csv" | "parquet"): string {
  return `v1/storage/${encodeURIComponent(key)}${format ? `?format=${format}` : ""}`;
}

export async function readResult(key: string, signal?: AbortSignal): Promise<ResultDocument> {
  const response = await reach(downloadPath(key), { signal, cache: "default" });
  return (await response.json()) as ResultDocument;
}

/** The first bytes of a result as text, and how many it has in all. */
export async function readPart(key: string, from: number, to: number, signal?: AbortSignal): Promise<Uint8Array> {
  const headers = { range: `bytes=${from}-${to - 1}`, "accept-encoding": "identity" };
  const response = await reach(downloadPath(key), { signal, headers });
  return new Uint8Array(await response.arrayBuffer());
}

/** What the answer to an upload tells of the version that was made. */
export type UploadedDataset = components["schemas"]["Dataset"];
export type ImportReport = components["schemas"]["ImportReport"];
type Problem = components["schemas"]["Problem"];

/** An upload that was not taken; where its rows were read, the report says which are wrong. */
export class UploadFailure extends Failure {
  readonly report: ImportReport | null;

  constructor(code: string, message: string, report: ImportReport | null) {
    super(code, message);
    this.name = "UploadFailure";
    this.report = report;
  }
}

/** Uploads a dataset, telling the part that is sent from 0 to 1. `fetch` tells no progress; this does. */
export function uploadDataset(
  name: string,
  file: Blob,
  contentType: string,
  mapping: Record<string, string>,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<UploadedDataset> {
  const address = new URL(`v1/datasets/${encodeURIComponent(name)}`, document.baseURI);
  for (const [field, column] of Object.entries(mapping)) if (column) address.searchParams.set(field, column);
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("PUT", address);
    call.setRequestHeader("content-type", contentType);
    call.responseType = "text";
    call.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    call.onload = () => {
      const body = parsed(call.responseText);
      if (call.status < 300) return resolve(body as UploadedDataset);
      const { code, detail, report } = body as Partial<Problem>;
      reject(new UploadFailure(code ?? "ERROR", detail ?? `The server answered ${call.status}.`, report ?? null));
    };
    call.onerror = () =>
      reject(new Failure("UNREACHABLE", "The connection broke while the file was sent. Try it again."));
    call.onabort = () => reject(new Failure("ABORTED", "The upload was stopped; nothing was kept."));
    signal?.addEventListener("abort", () => call.abort());
    call.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
