/** scripts/install.sh with chosen tools, from the files of a release on this machine. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { formatChecksums } from "../../lib/release/checksums.ts";
import { keyFromSeed, sha256 } from "../../lib/signing/mod.ts";
import { tarGz } from "../../scripts/release/archives.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { type FileServer, serveRelease } from "./file_server.ts";

/** The key of the release; `release.key` in the folder has its public half. */
export const key = await keyFromSeed(new Uint8Array(32).fill(3));
const SCRIPT = `${repository}scripts/install.sh`;
const OS = Deno.build.os;
/** The archive for this machine. */
export const NAME = `gait_1.2.3_${OS}_${Deno.build.arch === "x86_64" ? "amd64" : "arm64"}.tar.gz`;
const isSupported = OS === "linux" || OS === "darwin";

/** What the script may call; each test can leave some out. */
const TOOLS = [
  ..."sh uname mktemp rm mkdir cp mv chmod tar gzip awk cut sed head cat printf".split(" "),
  ..."curl wget sha256sum shasum perl openssl".split(" "),
];

/** A release for this machine, and a PATH with chosen tools. */
function withRelease(body: (stage: Stage, server: FileServer) => Promise<void>): Promise<void> {
  return onStage(async (stage) => {
    const archive = await tarGz([
      { name: "gait", content: utf8("#!/bin/sh\necho gait 1.2.3\n"), executable: true },
      { name: "LICENSE", content: utf8("text") },
    ]);
    await serveRelease(stage, key, { name: NAME, archive }, (server) => body(stage, server));
  });
}

/** How the script is run. */
interface Installing {
  readonly args?: string[];
  /** The tools that are absent. */
  readonly without?: string[];
  readonly script?: string;
  readonly env?: Record<string, string>;
}

/** Run the script in an environment that holds nothing else. */
export async function install(
  { folder, path }: Stage,
  address: string,
  { args = [], without = [], script = SCRIPT, env = {} }: Installing = {},
) {
  const bin = path(`tools-${TOOLS.filter((tool) => !without.includes(tool)).length}`);
  await Deno.mkdir(bin, { recursive: true });
  for (const tool of TOOLS) {
    const at = (Deno.env.get("PATH") ?? "").split(":").map((part) => `${part}/${tool}`)
      .find((candidate) => exists(candidate));
    if (at !== undefined && !without.includes(tool) && !exists(`${bin}/${tool}`)) {
      await Deno.symlink(at, `${bin}/${tool}`);
    }
  }
  const { code, stdout, stderr } = await new Deno.Command(`${bin}/sh`, {
    args: [script, "--version", "v1.2.3", "--install-dir", path("bin"), ...args],
    cwd: folder,
    clearEnv: true,
    env: { PATH: bin, HOME: folder, GAIT_RELEASE_BASE_URL: address, ...env },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** A test with a release for this machine. */
export function installTest(name: string, body: (stage: Stage, server: FileServer) => Promise<void>): void {
  Deno.test({ name: `install.sh ${name}`, ignore: !isSupported, fn: () => withRelease(body) });
}

/** What is in the folder of the installation. */
export async function installed(stage: Stage): Promise<string[]> {
  return (await stage.files()).filter((name) => name.startsWith("bin/"));
}

/** Assert that nothing was installed. */
export async function nothingInstalled(stage: Stage): Promise<void> {
  assert.deepEqual(await installed(stage), []);
}

/** Put another archive into the release, with checksums that fit it. */
export async function replaceArchive(
  { files }: FileServer,
  archive: Uint8Array<ArrayBuffer>,
): Promise<void> {
  files.set(NAME, archive);
  files.set("checksums.txt", utf8(formatChecksums([{ digest: await sha256(archive), name: NAME }])));
}
