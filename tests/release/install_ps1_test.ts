/** scripts/install.ps1, from a file server on this machine; where there is no PowerShell, its syntax alone. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { signChecksums } from "../../lib/release/checksum_signature.ts";
import { formatChecksums } from "../../lib/release/checksums.ts";
import { keyFromSeed, sha256 } from "../../lib/signing/mod.ts";
import { zip } from "../../scripts/release/archives.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { pythonPackages, runPython } from "../support/python_packages.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";
import { badCopies, type FileServer, serveRelease } from "./file_server.ts";

const key = await keyFromSeed(new Uint8Array(32).fill(3));
const SCRIPT = `${repository}scripts/install.ps1`;
const NAME = "gait_1.2.3_windows_amd64.zip";
const EXECUTABLE = "stands for gait.exe";

const packages = await pythonPackages("powershell", [
  "tree-sitter==0.26.1",
  "tree-sitter-powershell==0.26.4",
]);

/** Everything in a script that is no PowerShell, with its line. */
const MISTAKES = `
import json, sys
import tree_sitter_powershell
from tree_sitter import Language, Parser

def mistakes(node):
    if node.type == "ERROR" or node.is_missing:
        yield [node.start_point[0] + 1, node.text.decode()]
    for child in node.children:
        yield from mistakes(child)

parser = Parser(Language(tree_sitter_powershell.language()))
print(json.dumps([list(mistakes(parser.parse(text.encode()).root_node)) for text in json.load(sys.stdin)]))
`;

testUnless(packages.missing, "install.ps1 is PowerShell, in ASCII", async () => {
  const text = await Deno.readTextFile(SCRIPT);
  const found = await runPython(packages.folder, MISTAKES, [text, `${text}\nif ($x { 1 }\n`]) as unknown[][];
  assert.deepEqual(found[0], []);
  assert.notDeepEqual(found[1], []);
  // Windows PowerShell reads a file without a byte order mark in the code page of the machine.
  assert.ok([...text].every((character) => character < "\x7f"));
});

function installTest(name: string, body: (stage: Stage, server: FileServer) => Promise<void>): void {
  testUnless(withoutProgram("pwsh"), `install.ps1 ${name}`, () =>
    onStage(async (stage) => {
      const archive = await zip([
        { name: "gait.exe", content: utf8(EXECUTABLE), executable: true },
        { name: "LICENSE", content: utf8("text") },
      ]);
      await serveRelease(stage, key, { name: NAME, archive }, (server) => body(stage, server));
    }));
}

async function install({ folder, path }: Stage, address: string, ...args: string[]) {
  const given = ["-Version", "v1.2.3", "-InstallDir", path("bin"), "-Platform", "windows_amd64", ...args];
  const { code, stdout, stderr } = await new Deno.Command("pwsh", {
    args: ["-NoProfile", "-NonInteractive", "-File", SCRIPT, ...given],
    cwd: folder,
    env: { HOME: folder, GAIT_RELEASE_BASE_URL: address },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

async function installed(stage: Stage): Promise<string[]> {
  return (await stage.files()).filter((name) => name.startsWith("bin/"));
}

installTest("installs the executable, and leaves nothing else", async (stage, { address }) => {
  for (let i = 0; i < 2; i++) {
    const { code, text } = await install(stage, address);
    assert.equal(code, 0, text);
    assert.deepEqual(await installed(stage), ["bin/gait.exe"]);
    assert.equal(await stage.read("bin/gait.exe"), EXECUTABLE);
  }
});

installTest("checks the signature of the checksums with a named key", async (stage, { address, files }) => {
  const signed = () => install(stage, address, "-PublicKey", "release.key");
  assert.equal((await signed()).code, 0);
  await Deno.remove(stage.path("bin/gait.exe"));
  const other = await keyFromSeed(new Uint8Array(32).fill(4));
  files.set("checksums.txt.sig", utf8(await signChecksums(files.get("checksums.txt")!, other)));
  assert.equal((await signed()).code, 2);
  files.set("checksums.txt.sig", utf8("bm9uZQ=="));
  assert.equal((await signed()).code, 2);
  files.delete("checksums.txt.sig");
  assert.equal((await signed()).code, 2);
  assert.equal((await install(stage, address, "-PublicKey", "missing.key")).code, 2);
  assert.deepEqual(await installed(stage), []);
});

installTest("keeps the installed gait when the new archive is bad", async (stage, { address, files }) => {
  await stage.write("bin/gait.exe", "the old one");
  for (const bad of badCopies(files.get(NAME)!)) {
    files.set(NAME, bad);
    assert.equal((await install(stage, address)).code, 2);
  }
  files.delete(NAME);
  assert.equal((await install(stage, address)).code, 2);
  files.delete("checksums.txt");
  assert.equal((await install(stage, address)).code, 2);
  assert.deepEqual(await installed(stage), ["bin/gait.exe"]);
  assert.equal(await stage.read("bin/gait.exe"), "the old one");
});

installTest("takes no archive without its executable, or one that is listed twice", async (stage, server) => {
  const { address, files } = server;
  const list = new TextDecoder().decode(files.get("checksums.txt"));
  files.set("checksums.txt", utf8(list + list));
  assert.equal((await install(stage, address)).code, 2);
  const other = await zip([{ name: "../gait.exe", content: utf8("x") }]);
  files.set(NAME, other);
  files.set("checksums.txt", utf8(formatChecksums([{ digest: await sha256(other), name: NAME }])));
  assert.equal((await install(stage, address)).code, 2);
  assert.deepEqual(await installed(stage), []);
});

installTest("refuses unknown arguments, platforms and versions that are none", async (stage, { address }) => {
  const wrong = [["-Force"], ["-Version", "../x"], ["-Version", "v1;ls"], ["-Platform", "plan9_amd64"]];
  for (const args of wrong) {
    const { code } = await new Deno.Command("pwsh", {
      args: ["-NoProfile", "-NonInteractive", "-File", SCRIPT, "-InstallDir", stage.path("bin"), ...args],
      env: { HOME: stage.folder, GAIT_RELEASE_BASE_URL: address },
      stdout: "null",
      stderr: "null",
    }).output();
    // PowerShell itself ends with 1 for an argument that it can't bind.
    assert.ok(args[0] === "-Force" ? code === 1 || code === 2 : code === 2, `${args.join(" ")}: ${code}`);
  }
  assert.deepEqual(await installed(stage), []);
});

installTest("installs nothing on a dry run", async (stage, { address }) => {
  assert.equal((await install(stage, address, "-DryRun")).code, 0);
  assert.deepEqual(await installed(stage), []);
});
