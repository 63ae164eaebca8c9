/** What scripts/install.sh makes of hostile archives, lists, environments and folders. */
import assert from "node:assert/strict";
import { gzipSync } from "fflate";
import { type Header, pack } from "tar-stream";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { repository } from "../support/places.ts";
import { install, installed, installTest, NAME, nothingInstalled, replaceArchive } from "./install_script.ts";

const PROGRAM = "#!/bin/sh\necho gait 1.2.3\n";

/** An archive with these members. */
async function archiveOf(...members: [Partial<Header>, string?][]): Promise<Uint8Array<ArrayBuffer>> {
  const tar = pack();
  for (const [header, content] of members) tar.entry({ mode: 0o755, ...header } as Header, content as never);
  tar.finalize();
  return gzipSync(concat(await Array.fromAsync(tar) as Uint8Array[])) as Uint8Array<ArrayBuffer>;
}

installTest("takes nothing but one regular file for the executable", async (stage, server) => {
  await stage.write("secret", "of the user");
  const secret = stage.path("secret");
  const hostile = await Promise.all([
    archiveOf([{ name: "gait", type: "symlink", linkname: secret }]),
    archiveOf([{ name: "gait", type: "link", linkname: secret }]),
    archiveOf([{ name: "gait", type: "symlink", linkname: secret }], [{ name: "gait" }, PROGRAM]),
    archiveOf([{ name: "gait" }, PROGRAM], [{ name: "gait" }, PROGRAM]),
    archiveOf([{ name: "gait", type: "directory" }], [{ name: "gait/gait" }, PROGRAM]),
    archiveOf([{ name: "gait", type: "fifo" }]),
    archiveOf([{ name: "gait" }, ""]),
    archiveOf([{ name: "../gait" }, PROGRAM]),
    archiveOf([{ name: secret }, PROGRAM]),
    archiveOf(),
  ]);
  for (const archive of hostile) {
    await replaceArchive(server, archive);
    assert.equal((await install(stage, server.address)).code, 2);
    await nothingInstalled(stage);
  }
  assert.equal(await stage.read("secret"), "of the user");
});

installTest("leaves what else an archive holds where it is", async (stage, server) => {
  await stage.write("bin/other", "the old one");
  await replaceArchive(
    server,
    await archiveOf(
      [{ name: `../../../../../..${stage.path("bin/other")}` }, "changed"],
      [{ name: stage.path("bin/other") }, "changed"],
      [{ name: "gait", mode: 0o6777 }, PROGRAM],
    ),
  );
  assert.equal((await install(stage, server.address)).code, 0);
  assert.equal(await stage.read("bin/other"), "the old one");
  assert.deepEqual((await installed(stage)).sort(), ["bin/gait", "bin/other"]);
  // Neither the rights of another user nor those of everybody come out of the archive.
  assert.equal((await Deno.stat(stage.path("bin/gait"))).mode! & 0o7777, 0o755);
});

installTest("reads no list that goes on without an end", async (stage, { address, files }) => {
  files.set("checksums.txt", concat([files.get("checksums.txt")!, new Uint8Array(3_000_000).fill(10)]));
  for (const without of [["curl"], ["wget"]]) {
    assert.equal((await install(stage, address, { without })).code, 2);
  }
  await nothingInstalled(stage);
  assert.deepEqual((await stage.files()).filter((name) => /^core/.test(name)), []);
});

installTest("prints nothing of a list but digests", async (stage, { address, files }) => {
  const list = new TextDecoder().decode(files.get("checksums.txt"));
  const [digest] = list.split(" ");
  const lists = [
    `\x1b]0;title\x07  ${NAME}\n`,
    `${digest!.toUpperCase()}  ${NAME}\n`,
    `${digest}x  ${NAME}\n`,
    `${digest!.slice(1)}  ${NAME}\n`,
    `${digest}  ${NAME} other\n`,
    `${digest}  other\n${digest}   ${NAME}\n`,
    `x  ${NAME}\n${list}`,
    list.replace("\n", "\r\n"),
    "",
  ];
  for (const hostile of lists) {
    files.set("checksums.txt", utf8(hostile));
    const { code, text } = await install(stage, address);
    assert.equal(code, 2, JSON.stringify(hostile));
    assert.doesNotMatch(text, /[^\n -~]/);
  }
  await nothingInstalled(stage);
});

installTest("is not led elsewhere by variables of its tools", async (stage, { address }) => {
  const command = `--to-command=touch ${stage.path("touched")}`;
  const env = {
    TAR_OPTIONS: command,
    GZIP: "-v",
    POSIXLY_CORRECT: "1",
    CDPATH: "/",
    IFS: "v",
    ENV: "/nowhere",
  };
  assert.equal((await install(stage, address, { env })).code, 0);
  assert.deepEqual((await stage.files()).filter((name) => name === "touched"), []);
});

installTest(
  "installs into any folder, and has nobody paste its name unquoted",
  async (stage, { address }) => {
    for (const name of ["a b", "$(touch touched)", "line\nbreak", "-rf", "quo'te\"s", "*"]) {
      const { code, text } = await install(stage, address, { args: ["--install-dir", name] });
      assert.equal(code, 0, text);
      assert.deepEqual((await Array.fromAsync(Deno.readDir(stage.path(name)))).map(({ name }) => name), [
        "gait",
      ]);
      if (name !== "-rf") assert.doesNotMatch(text, /PATH=/);
    }
  },
);

installTest(
  "replaces a link in its place, and puts nothing into a folder there",
  async (stage, { address }) => {
    await stage.write("elsewhere", "the old one");
    await Deno.mkdir(stage.path("bin"));
    await Deno.symlink(stage.path("elsewhere"), stage.path("bin/gait"));
    assert.equal((await install(stage, address)).code, 0);
    assert.equal(await stage.read("elsewhere"), "the old one");
    assert.ok((await Deno.lstat(stage.path("bin/gait"))).isFile);
    await Deno.remove(stage.path("bin/gait"));
    await Deno.mkdir(stage.path("bin/gait"));
    assert.equal((await install(stage, address)).code, 2);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(stage.path("bin/gait"))), []);
  },
);

installTest("does nothing when the script itself breaks off", async (stage, { address }) => {
  const text = await Deno.readTextFile(`${repository}scripts/install.sh`);
  const end = text.lastIndexOf("main ");
  for (let length = 0; length < end; length += 97) {
    await stage.write("part.sh", text.slice(0, length));
    await install(stage, address, { script: stage.path("part.sh") });
    await nothingInstalled(stage);
  }
});

installTest("asks for no repository that is more than a name", async (stage, { address }) => {
  for (const repo of ["a", "a/b/c", "../..", "a/..", "./a", "/a", "a/", "a b/c", "a/b?x", "é/b"]) {
    assert.equal((await install(stage, address, { args: ["--repo", repo] })).code, 2, repo);
  }
  assert.equal((await install(stage, address, { args: ["--repo", "team-1/gait.ts"] })).code, 0);
});
