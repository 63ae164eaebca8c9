import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { disk } from "./disk.ts";
import { makeFiles } from "./files.ts";
import { inFolder } from "../../tests/support/folder.ts";

const INVALID = { code: "invalid_input" };
const files = makeFiles();

const withPaths = (test: (path: (name: string) => string) => Promise<void>) =>
  inFolder((folder) => test((name) => name === "" ? folder : `${folder}/${name}`));

const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

Deno.test("read() gives whole content up to its limit, and refuses one byte more", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("f"), utf8("12345"));
    assert.deepEqual(await files.read(path("f")), utf8("12345"));
    assert.deepEqual(await files.read(path("f"), 5), utf8("12345"));
    await assert.rejects(files.read(path("f"), 4), INVALID);
    await Deno.writeFile(path("empty"), new Uint8Array());
    assert.equal((await files.read(path("empty"), 0)).length, 0);
  });
});

Deno.test("read() refuses a huge file before it takes memory for it", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("sparse"), utf8(""));
    await Deno.truncate(path("sparse"), 2 ** 40);
    await assert.rejects(files.read(path("sparse")), INVALID);
  });
});

Deno.test("read() refuses what is missing, a folder, a path through a file, and a NUL in the path", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("f"), utf8("x"));
    for (const bad of [path("absent"), path(""), path("f/x"), path("a\0b"), ""]) {
      await assert.rejects(files.read(bad), INVALID, bad);
    }
  });
});

Deno.test({
  name: "nothing but a regular file is opened, to read, append, cut or replace it, or as a lock",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withPaths(async (path) => {
      assert.ok(
        (await new Deno.Command("mkfifo", { args: [path("pipe"), path("f.lock")] }).output()).success,
      );
      await Deno.symlink(path("pipe"), path("link"));
      await Deno.symlink("/dev/null", path("null"));
      await Deno.mkdir(path("folder"));
      await Deno.writeTextFile(path("plain"), "x");
      for (const bad of ["pipe", "link", "null", "folder"].map(path)) {
        await assert.rejects(files.read(bad), INVALID, bad);
        await assert.rejects(files.readPart(bad, 0, 1), INVALID, bad);
        assert.throws(() => [...files.readLines(bad, 1000)], INVALID, bad);
        await assert.rejects(files.appendLine(bad, "x"), INVALID, bad);
        await assert.rejects(files.appendAt(bad, 0, utf8("x")), INVALID, bad);
        await assert.rejects(files.truncate(bad, 0), INVALID, bad);
        await assert.rejects(files.rename(path("plain"), bad), INVALID, bad);
        if (bad !== path("folder")) await assert.rejects(files.writeAtomic(bad, utf8("x")), INVALID, bad);
      }
      await assert.rejects(files.withLock(path("f"), {}, () => Promise.resolve()), INVALID);
      assert.ok((await Deno.lstat(path("pipe"))).isFifo);
      assert.ok((await Deno.lstat(path("null"))).isSymlink);
    }),
});

Deno.test({
  name: "read() refuses a file that holds more than it said when it was opened",
  // Files of /proc say that they are empty, as a file that grows while it is read would have said.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    assert.equal((await Deno.stat("/proc/self/status")).size, 0);
    await assert.rejects(files.read("/proc/self/status"), INVALID);
  },
});

Deno.test("realPath() gives the same for every name of a file, present or to come", async () => {
  await withPaths(async (path) => {
    await files.makeFolder(path("d"));
    await Deno.writeFile(path("d/f"), new Uint8Array());
    await Deno.symlink(path("d"), path("up"));
    await Deno.symlink(path("d/f"), path("link"));
    const real = await Deno.realPath(path(""));
    for (const name of ["d/f", "up/f", "link", "d/../up/f"]) {
      assert.equal(await files.realPath(path(name)), `${real}/d/f`, name);
    }
    assert.equal(await files.realPath(path("up/x/./new")), `${real}/d/x/new`);
    assert.equal(await files.realPath(path("d/f/x")), `${real}/d/f/x`);
    assert.equal(await files.realPath("to-come"), `${await Deno.realPath(".")}/to-come`);
  });
});

Deno.test("stat() does not follow links, isFile() does", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("f"), utf8("123"), { mode: 0o640 });
    await Deno.symlink(path("f"), path("link"));
    await Deno.symlink(path("nowhere"), path("dangling"));
    const { version, modified, changed, ...info } = (await files.stat(path("f")))!;
    assert.deepEqual(info, { kind: "file", size: 3, mode: 0o640 });
    assert.ok(Math.abs(Date.now() - (changed ?? modified)) < 60_000);
    await Deno.writeFile(path("aged"), new Uint8Array());
    await Deno.utime(path("aged"), 1, 1);
    const aged = (await files.stat(path("aged")))!;
    assert.deepEqual([aged.modified, (aged.changed ?? 1001) > 1000], [1000, true]);
    assert.deepEqual([modified > 0, (await files.stat(path("f")))!.version], [true, version]);
    await Deno.writeFile(path("f"), utf8("1234"));
    assert.notEqual((await files.stat(path("f")))!.version, version);
    assert.equal((await files.stat(path("link")))?.kind, "symlink");
    assert.equal((await files.stat(path("dangling")))?.kind, "symlink");
    assert.equal((await files.stat(path("")))?.kind, "folder");
    assert.equal((await files.stat("/dev/null"))?.kind, "other");
    assert.equal(await files.stat(path("absent")), undefined);
    assert.equal(await files.stat(path("f/below")), undefined);
    const found = await Promise.all(
      ["f", "link", "dangling", "", "absent"].map((name) => files.isFile(path(name))),
    );
    assert.deepEqual(found, [true, true, false, false, false]);
  });
});

Deno.test("list() sorts by bytes, gives nothing for a missing folder, and refuses a file", async () => {
  await withPaths(async (path) => {
    for (const name of ["b", "\u{1f600}", "\uffff", "a"]) await Deno.writeFile(path(name), utf8(""));
    assert.deepEqual(await files.list(path("")), ["a", "b", "\uffff", "\u{1f600}"]);
    assert.deepEqual(await files.list(path("absent")), []);
    await assert.rejects(files.list(path("a")), INVALID);
  });
});

Deno.test("writeAtomic() writes 0600 unless specified otherwise, whatever stood there before", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("f"), utf8("old"), { mode: 0o666 });
    await files.writeAtomic(path("f"), utf8("new"));
    assert.equal(await modeOf(path("f")), 0o600);
    await files.writeAtomic(path("f"), utf8("newer"), { mode: 0o755 });
    assert.equal(await modeOf(path("f")), 0o755);
    assert.deepEqual(await files.read(path("f")), utf8("newer"));
    assert.deepEqual(namesIn(path("")), ["f"]);
  });
});

Deno.test("writeAtomic() replaces a link at the target and leaves what it points to alone", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("victim"), utf8("untouched"));
    await Deno.symlink(path("victim"), path("link"));
    await files.writeAtomic(path("link"), utf8("new"));
    assert.equal((await files.stat(path("link")))?.kind, "file");
    assert.deepEqual(await files.read(path("victim")), utf8("untouched"));
  });
});

Deno.test("writeAtomic() with onlyNew refuses whatever stands there", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("f"), utf8("old"));
    await Deno.symlink(path("nowhere"), path("dangling"));
    await Deno.mkdir(path("folder"));
    for (const name of ["f", "dangling", "folder"]) {
      await assert.rejects(files.writeAtomic(path(name), utf8("new"), { onlyNew: true }), INVALID, name);
    }
    assert.deepEqual(await files.read(path("f")), utf8("old"));
    assert.deepEqual(namesIn(path("")), ["dangling", "f", "folder"]);
  });
});

Deno.test("writeAtomic() lets one of many writers of a new file win", async () => {
  await withPaths(async (path) => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => files.writeAtomic(path("f"), utf8(`${i}`), { onlyNew: true })),
    );
    const winners = outcomes.flatMap((outcome, i) => outcome.status === "fulfilled" ? [i] : []);
    assert.equal(winners.length, 1);
    assert.deepEqual(await files.read(path("f")), utf8(`${winners[0]}`));
    assert.deepEqual(namesIn(path("")), ["f"]);
  });
});

Deno.test("writeAtomic() refuses paths that leave the working folder, and missing folders", async () => {
  for (const bad of ["../x", "a/../../x", "x\0y", "x\ny"]) {
    await assert.rejects(files.writeAtomic(bad, utf8("")), INVALID, JSON.stringify(bad));
  }
  await withPaths(async (path) => {
    await assert.rejects(files.writeAtomic(path("absent/f"), utf8("")), INVALID);
    await Deno.mkdir(path("folder"));
    await assert.rejects(files.writeAtomic(path("folder"), utf8("")), (error: { code?: string }) => {
      return error.code === "invalid_input" || error.code === "io_failure";
    });
    assert.deepEqual(namesIn(path("")), ["folder"]);
  });
});

Deno.test("makeFolder() puts every folder that it makes on disk, and nothing else", async () => {
  await withPaths(async (path) => {
    const synced: string[] = [];
    const files = makeFiles({ ...disk, syncFolder: (folder) => Promise.resolve(void synced.push(folder)) });
    await files.makeFolder(path("a/b/c"));
    assert.deepEqual(
      synced.sort(),
      [path(""), path("a"), path("a/b")].map((name) => name.replace(/\/$/, "")),
    );
    await files.makeFolder(path("a/b/c"));
    assert.equal(synced.length, 3);
  });
});

Deno.test("makeFolder() and appendLine() make parents that others can't write to, and files for the owner", async () => {
  await withPaths(async (path) => {
    await files.makeFolder(path("a/b"));
    await files.makeFolder(path("a/b"));
    assert.equal(await modeOf(path("a/b")) & 0o027, 0);
    await files.appendLine(path("c/d/log"), "x");
    await files.appendLine(path("c/d/log"), "y");
    assert.equal(await Deno.readTextFile(path("c/d/log")), "x\ny\n");
    assert.equal(await modeOf(path("c/d/log")), 0o600);
    assert.equal(await modeOf(path("c/d")) & 0o027, 0);
    assert.deepEqual(namesIn(path("c/d")), ["log"]);
    await assert.rejects(files.makeFolder(path("c/d/log")), INVALID);
  });
});

Deno.test("rename() replaces a file or a link, and never writes into what a link leads to", async () => {
  await withPaths(async (path) => {
    await Deno.writeTextFile(path("kept"), "kept");
    await Deno.symlink(path("kept"), path("target"));
    await Deno.writeTextFile(path("new"), "new");
    await files.rename(path("new"), path("target"));
    assert.equal(await Deno.readTextFile(path("target")), "new");
    assert.equal(await Deno.readTextFile(path("kept")), "kept");
    assert.deepEqual(namesIn(path("")), ["kept", "target"]);
    await assert.rejects(files.rename(path("new"), path("target")), INVALID);
  });
});

Deno.test("remove() removes a file and refuses a missing one", async () => {
  await withPaths(async (path) => {
    await Deno.writeFile(path("f"), utf8(""));
    await files.remove(path("f"));
    await assert.rejects(files.remove(path("f")), INVALID);
  });
});

Deno.test("appending and cutting refuse a link, whatever it leads to, and leave its target alone", () =>
  withPaths(async (path) => {
    await Deno.writeTextFile(path("victim"), "victim");
    for (const target of ["victim", "nowhere"]) {
      const link = path(`to-${target}`);
      await Deno.symlink(path(target), link);
      const { size } = (await files.stat(link))!;
      for (const at of [0, 6, size]) {
        await assert.rejects(files.appendAt(link, at, utf8("x")), { code: "unsafe_operation" });
        await assert.rejects(files.openAppender(link).append(at, utf8("x")), { code: "unsafe_operation" });
        await assert.rejects(files.truncate(link, at), { code: "unsafe_operation" });
      }
    }
    assert.equal(await Deno.readTextFile(path("victim")), "victim");
    assert.equal(await files.stat(path("nowhere")), undefined);
  }));

Deno.test("openAppender() appends to a file of known size, and to no other", () =>
  withPaths(async (at) => {
    const path = at("events");
    await Deno.writeTextFile(path, "0\n");
    const appender = files.openAppender(path);
    const versions = [await appender.append(2, utf8("1\n")), await appender.append(4, utf8("2\n"), false)];
    assert.equal(versions[1], (await files.stat(path))!.version);
    await assert.rejects(appender.append(4, utf8("3\n")), { code: "io_failure" });
    await Deno.remove(path);
    await Deno.writeTextFile(path, "012345");
    await assert.rejects(appender.append(4, utf8("4\n")), { code: "io_failure" });
    assert.equal(await Deno.readTextFile(path), "012345");
    appender.close();
  }));
