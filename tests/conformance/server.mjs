// A server of a test's own, started from BINARY on a folder that is gone afterwards.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { needed } from "./needed.mjs";

const binary = needed("BINARY");
const KEY = "a-key-of-the-conformance-tests-alone";

export class Server {
  authorization = `Bearer ${KEY}`;
  /** Who follows it: they are let go first, or they would try to come back. */
  clients = [];
  #folder = mkdtempSync(join(tmpdir(), "bytestack-"));
  #child;
  #ended = false;

  /** A started one, which ends with the test. */
  static async start(t) {
    const server = new Server();
    t.after(() => server.#end());
    server.address = await server.#start("127.0.0.1:0");
    return server;
  }

  /** As when its machine fails: nothing is said to its clients. */
  async kill() {
    const { pid, exitCode, signalCode } = this.#child;
    if (!pid || exitCode !== null || signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }

  /** A killed one, at the same address and with what it had kept. */
  async restart() {
    if (this.#ended) throw new Error("the test is over");
    await this.#start(new URL(this.address).host);
  }

  async fetch(path, init) {
    const signal = AbortSignal.timeout(10_000);
    const headers = { authorization: this.authorization, ...init.headers };
    const answer = await fetch(`${this.address}${path}`, { signal, ...init, headers });
    assert.ok(answer.ok, `${answer.status} ${path}`);
    return answer;
  }

  async graphql(query, variables) {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ query, variables });
    const answer = await (await this.fetch("/graphql", { method: "POST", headers, body })).json();
    assert.equal(answer.errors, undefined);
    return answer.data;
  }

  async #start(listen) {
    const flags = ["serve", "--listen", listen, "--data-dir", this.#folder, "--log", "warn"];
    // A developer's own settings must not reach it.
    const env = { PATH: process.env.PATH, BYTESTACK_API_KEY: KEY };
    this.#child = spawn(binary, flags, { env, stdio: ["ignore", "pipe", "inherit"] });
    return listening(this.#child);
  }

  async #end() {
    this.#ended = true;
    await Promise.allSettled(this.clients.map((client) => client.dispose()));
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}

/** The address it prints once it listens. */
function listening(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [start, address] = line.split("listening on ");
      if (start === "" && address) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`it ended with ${code ?? signal}`)));
  });
}
