/** scripts/install.sh, from a file server on this machine. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { signChecksums } from "../../lib/release/checksum_signature.ts";
import { keyFromSeed } from "../../lib/signing/mod.ts";
import { tarGz } from "../../scripts/release/archives.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { type FileServer, serveRelease } from "./file_server.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(3));
const SCRIPT = `${repository}scripts/install.sh`;
const OS = Deno.build.os;
const NAME = `gait_1.2.3_${OS}_${Deno.build.arch === "x86_64" ? "amd64" : "arm64"}.tar.gz`;
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

async function install(
  { folder, path }: Stage,
  address: string,
  { args = [], without = [] }: { args?: string[]; without?: string[] } = {},
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
    args: [SCRIPT, "--version", "v1.2.3", "--install-dir", path("bin"), ...args],
    cwd: folder,
    clearEnv: true,
    env: { PATH: bin, HOME: folder, GAIT_RELEASE_BASE_URL: address },
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

function installTest(name: string, body: (stage: Stage, server: FileServer) => Promise<void>): void {
  Deno.test({ name: `install.sh ${name}`, ignore: !isSupported, fn: () => withRelease(body) });
}

async function nothingInstalled(stage: Stage): Promise<void> {
  assert.deepEqual((await stage.files()).filter((name) => name.startsWith("bin/")), []);
}

installTest("installs an executable that runs, and leaves nothing else", async (stage, { address }) => {
  const { code, text } = await install(stage, address);
  assert.equal(code, 0, text);
  assert.deepEqual((await stage.files()).filter((name) => name.startsWith("bin/")), ["bin/gait"]);
  const { stdout } = await new Deno.Command(stage.path("bin/gait")).output();
  assert.equal(new TextDecoder().decode(stdout), "gait 1.2.3\n");
});

installTest("works with wget, with shasum and with openssl alone", async (stage, { address }) => {
  for (
    const without of [["curl"], ["wget"], ["sha256sum"], ["sha256sum", "shasum"]]
  ) {
    const { code, text } = await install(stage, address, { without });
    assert.equal(code, 0, `${without}: ${text}`);
  }
});

installTest("checks the signature of the checksums with a named key", async (stage, { address, files }) => {
  const args = ["--public-key", "release.key"];
  assert.equal((await install(stage, address, { args })).code, 0);
  await Deno.remove(stage.path("bin/gait"));
  const other = await keyFromSeed(new Uint8Array(32).fill(4));
  files.set("checksums.txt.sig", utf8(await signChecksums(files.get("checksums.txt")!, other)));
  assert.equal((await install(stage, address, { args })).code, 2);
  files.set("checksums.txt.sig", utf8("bm9uZQ=="));
  assert.equal((await install(stage, address, { args })).code, 2);
  files.delete("checksums.txt.sig");
  assert.equal((await install(stage, address, { args })).code, 2);
  assert.equal((await install(stage, address, { args, without: ["openssl"] })).code, 2);
  assert.equal((await install(stage, address, { args: ["--public-key", "missing.key"] })).code, 2);
  await nothingInstalled(stage);
});

installTest("keeps the installed gait when the new archive is bad", async (stage, { address, files }) => {
  await stage.write("bin/gait", "the old one");
  const archive = files.get(NAME)!;
  const changed = archive.slice();
  changed[changed.length - 1]! ^= 1;
  for (const bad of [changed, archive.slice(0, -9), new Uint8Array()]) {
    files.set(NAME, bad);
    assert.equal((await install(stage, address)).code, 2);
    assert.equal(await stage.read("bin/gait"), "the old one");
  }
  files.delete(NAME);
  assert.equal((await install(stage, address)).code, 2);
  files.delete("checksums.txt");
  assert.equal((await install(stage, address)).code, 2);
  assert.deepEqual((await stage.files()).filter((name) => name.startsWith("bin/")), ["bin/gait"]);
});

installTest("takes no archive that the checksums list twice", async (stage, { address, files }) => {
  const list = new TextDecoder().decode(files.get("checksums.txt"));
  files.set("checksums.txt", utf8(list + list));
  assert.equal((await install(stage, address)).code, 2);
  await nothingInstalled(stage);
});

installTest(
  "says what is missing: a downloader, a digest, a folder to write to",
  async (stage, { address }) => {
    assert.equal((await install(stage, address, { without: ["curl", "wget"] })).code, 2);
    const digests = ["sha256sum", "shasum", "openssl"];
    assert.equal((await install(stage, address, { without: digests })).code, 2);
    await stage.write("file", "");
    const args = ["--install-dir", stage.path("file/bin")];
    assert.equal((await install(stage, address, { args })).code, 2);
    await nothingInstalled(stage);
  },
);

installTest(
  "refuses unknown arguments, missing values and versions that are none",
  async (stage, { address }) => {
    for (
      const args of [["--force"], ["--version"], ["--version", ""], ["--version", "../x"], [
        "--version",
        "v1;ls",
      ]]
    ) {
      assert.equal((await install(stage, address, { args })).code, 2, args.join(" "));
    }
    assert.equal((await install(stage, address, { args: ["--help"] })).code, 0);
    await nothingInstalled(stage);
  },
);

installTest("installs nothing on a dry run", async (stage, { address }) => {
  assert.equal((await install(stage, address, { args: ["--dry-run"] })).code, 0);
  await nothingInstalled(stage);
});
