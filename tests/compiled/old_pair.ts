import { repository } from "../support/places.ts";

/** A compiler and the runtime that fits it. */
export interface Pair {
  readonly compiler: string;
  readonly runtime: string;
}

const PLATFORM = "x86_64-unknown-linux-gnu";
const PACKAGES = ["deno@2.4.2", "@vltpkg/cli-linux-x64@0.0.0-18"];

/** The two executables and their SHA-256: what is run here is what was looked at. */
const FILES = {
  compiler: {
    path: "node_modules/@deno/linux-x64-glibc/deno",
    sha256: "1d6580e813252f6b27a41d97d2e3725a408baa2e765a86e45f65b228d3e93ad6",
  },
  // A program that was compiled with Deno 2.4.2: the runtime stands in front of its payload.
  runtime: {
    path: "node_modules/@vltpkg/cli-linux-x64/vlt",
    sha256: "b38c4d77b5394feb3660d20f9d0ebabd01276534f139d579efd5d5f55c2a42bc",
  },
};

/**
 * Why the older runtime can't play a recorded case, though that of Deno 2.9 can, even with what `fill_in.js` adds;
 * `undefined` when it can.
 */
export function missingInOldRuntime(id: string): string | undefined {
  return WAITS_FOR_A_LOCK.has(id) ? "Deno 2.4 has no FsFile.tryLockSync" : undefined;
}

const WAITS_FOR_A_LOCK: ReadonlySet<string> = new Set([
  "gate/ratelimit-lock-held",
  "job/concurrent-approvals",
  "job/lock-held",
  "job/lock-stale",
  "sessions/append-parallel",
  "sessions/lock-contention",
  "sessions/lock-stale-after-env",
  "sessions/lock-stale-recovered",
]);

/** Whether the pair exists for this platform. */
export function hasPair(): boolean {
  return Deno.build.target === PLATFORM;
}

/**
 * Install a compiler and a runtime of Deno 2.4.2 from npm. No registry has the runtime of a current Deno, so this
 * older pair proves the compile step; nothing that it makes is ever shipped.
 *
 * @param folder where to; a second call finds them there
 */
export async function installPair(folder: string): Promise<Pair> {
  const pair = {
    compiler: `${folder}/${FILES.compiler.path}`,
    runtime: `${folder}/${FILES.runtime.path}`,
  };
  if (!await isFile(pair.compiler) || !await isFile(pair.runtime)) await install(folder);
  for (const { path, sha256 } of Object.values(FILES)) {
    const found = await sha256Of(`${folder}/${path}`);
    if (found !== sha256) throw new Error(`Cannot use ${folder}/${path}: its SHA-256 is ${found}`);
  }
  return pair;
}

async function install(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const { success } = await new Deno.Command("npm", {
    args: [
      "install",
      "--no-audit",
      "--no-fund",
      "--no-save",
      "--ignore-scripts",
      "--prefix",
      folder,
      ...PACKAGES,
    ],
    cwd: folder,
    env: { npm_config_cache: `${repository}.cache/npm` },
    stdout: "null",
  }).spawn().status;
  if (!success) throw new Error(`Cannot install ${PACKAGES.join(" and ")} from npm`);
}

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isFile === true;
}

async function sha256Of(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex();
}
