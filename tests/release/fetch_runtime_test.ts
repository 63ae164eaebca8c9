/** scripts/release/fetch_runtime.sh, from a file server on this machine. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";
import { type FileServer, serveFiles } from "./file_server.ts";

const NAME = "denort-aarch64-unknown-linux-gnu.zip";
const RUNTIME = utf8("stands for the runtime");
const DIGEST = await sha256(RUNTIME);

async function fetchRuntime({ folder }: Stage, address: string, env: Record<string, string> = {}) {
  const { code } = await new Deno.Command("sh", {
    args: [`${repository}scripts/release/fetch_runtime.sh`, "2.9.6", "aarch64-unknown-linux-gnu"],
    env: { DENO_DIR: folder, DENO_RELEASE_BASE_URL: address, ...env },
    stdout: "null",
    stderr: "null",
  }).output();
  return code;
}

/** A server with the runtime and its digest, as Deno publishes them. */
function fetchTest(name: string, body: (stage: Stage, server: FileServer) => Promise<void>): void {
  testUnless(
    withoutProgram("curl", "sha256sum"),
    `fetch_runtime.sh ${name}`,
    () =>
      onStage((stage) =>
        serveFiles(
          new Map([
            [`v2.9.6/${NAME}`, RUNTIME],
            [`v2.9.6/${NAME}.sha256sum`, utf8(`${DIGEST}  ${NAME}\n`)],
          ]),
          (server) => body(stage, server),
        )
      ),
  );
}

const placed = async (stage: Stage) =>
  (await stage.files()).filter((name) => !name.endsWith(".sha256sum")).sort();

fetchTest("puts the runtime where the compiler looks for it", async (stage, { address, files }) => {
  assert.equal(await fetchRuntime(stage, address), 0);
  assert.deepEqual(await placed(stage), [`dl/release/v2.9.6/${NAME}`]);
  assert.equal(await fetchRuntime(stage, address, { RUNTIME_SHA256: DIGEST }), 0);
  // As PowerShell prints it for Windows.
  files.set(
    `v2.9.6/${NAME}.sha256sum`,
    utf8(`\r\nAlgorithm : SHA256\r\nHash      : ${DIGEST.toUpperCase()}\r\n`),
  );
  assert.equal(await fetchRuntime(stage, address), 0);
});

fetchTest(
  "leaves nothing that the compiler could take when a check fails",
  async (stage, { address, files }) => {
    const list = files.get(`v2.9.6/${NAME}.sha256sum`)!;
    const bad: (() => void)[] = [
      () => files.set(`v2.9.6/${NAME}`, RUNTIME.slice(1)),
      () => files.set(`v2.9.6/${NAME}.sha256sum`, utf8("")),
      () => files.delete(`v2.9.6/${NAME}.sha256sum`),
      () => files.delete(`v2.9.6/${NAME}`),
    ];
    for (const spoil of bad) {
      files.set(`v2.9.6/${NAME}`, RUNTIME);
      files.set(`v2.9.6/${NAME}.sha256sum`, list);
      // What an earlier run has put there does not stand for what this one refuses.
      assert.equal(await fetchRuntime(stage, address), 0);
      spoil();
      assert.notEqual(await fetchRuntime(stage, address), 0);
      assert.deepEqual(await placed(stage), []);
    }
  },
);

fetchTest("takes no other runtime than the one that was named", async (stage, { address }) => {
  assert.equal(await fetchRuntime(stage, address, { RUNTIME_SHA256: "0".repeat(64) }), 2);
  assert.deepEqual(await placed(stage), []);
});
