/** scripts/install.sh, from a file server on this machine. */
import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { signChecksums } from "../../lib/release/checksum_signature.ts";
import { formatPublicKey, keyFromSeed } from "../../lib/signing/mod.ts";
import { installScripts } from "../../scripts/release/install_scripts.ts";
import { badCopies } from "./file_server.ts";
import { install, installed, installTest, key, NAME, nothingInstalled } from "./install_script.ts";

installTest("installs an executable that runs, and leaves nothing else", async (stage, { address }) => {
  const { code, text } = await install(stage, address);
  assert.equal(code, 0, text);
  assert.deepEqual(await installed(stage), ["bin/gait"]);
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
  for (const bad of badCopies(files.get(NAME)!)) {
    files.set(NAME, bad);
    assert.equal((await install(stage, address)).code, 2);
    assert.equal(await stage.read("bin/gait"), "the old one");
  }
  files.delete(NAME);
  assert.equal((await install(stage, address)).code, 2);
  files.delete("checksums.txt");
  assert.equal((await install(stage, address)).code, 2);
  assert.deepEqual(await installed(stage), ["bin/gait"]);
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

installTest(
  "of a release checks the signature with the key that it knows",
  async (stage, { address, files }) => {
    const scripts = new Map(
      await installScripts("https://git.example/team/gait", formatPublicKey(key.public)),
    );
    await stage.write("install.sh", scripts.get("install.sh")!);
    const script = stage.path("install.sh");
    assert.equal((await install(stage, address, { script })).code, 0);
    // OpenSSL before 3.0, and the one of macOS, can't check these signatures: the digest is still checked.
    assert.equal((await install(stage, address, { script, without: ["openssl"] })).code, 0);
    await Deno.remove(stage.path("bin/gait"));
    const other = await keyFromSeed(new Uint8Array(32).fill(4));
    files.set("checksums.txt.sig", utf8(await signChecksums(files.get("checksums.txt")!, other)));
    assert.equal((await install(stage, address, { script })).code, 2);
    files.delete("checksums.txt.sig");
    assert.equal((await install(stage, address, { script })).code, 2);
    await nothingInstalled(stage);
  },
);

installTest("blames no key when openssl can't check signatures", async (stage, { address }) => {
  await Deno.mkdir(stage.path("old"));
  await stage.write("old/openssl", "#!/bin/sh\necho 'unknown option' >&2\nexit 1\n");
  await Deno.chmod(stage.path("old/openssl"), 0o755);
  const env = { PATH: `${stage.path("old")}:${stage.path("tools-all")}` };
  await install(stage, address);
  const bin = (await Array.fromAsync(Deno.readDir(stage.folder))).find(({ name }) =>
    name.startsWith("tools-")
  )!;
  await Deno.rename(stage.path(bin.name), stage.path("tools-all"));
  await Deno.remove(stage.path("bin/gait"));
  const { code, text } = await install(stage, address, { args: ["--public-key", "release.key"], env });
  assert.equal(code, 2);
  assert.doesNotMatch(text, /release\.key/);
  await nothingInstalled(stage);
});

installTest(
  "takes the files of a folder, whatever its name and whichever downloader is here",
  async (stage, { files }) => {
    for (const name of ["of a release", "per%20cent", "it's"]) {
      for (const [file, bytes] of files) await stage.write(`${name}/${file}`, bytes);
      for (const without of [["curl"], ["wget"]]) {
        const { code, text } = await install(stage, `file://${stage.path(name)}`, { without });
        assert.equal(code, 0, text);
      }
      await Deno.remove(stage.path(`${name}/${NAME}`));
      assert.equal((await install(stage, `file://${stage.path(name)}`)).code, 2);
    }
  },
);
