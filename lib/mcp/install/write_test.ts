import assert from "node:assert/strict";
import { makeFiles } from "../../effects/mod.ts";
import { readSettings, writeSettings } from "../hooks/settings_file.ts";
import { readConfiguration, writeConfiguration } from "./write.ts";

async function inFolder(test: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/mcp.json`);
    assert.deepEqual([...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".lock")), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const changed = { code: "state_contention", message: /it was changed meanwhile/ };

Deno.test("an installation that another one overtook writes nothing, and the original text stays kept", () =>
  inFolder(async (path) => {
    const files = makeFiles();
    await Deno.writeTextFile(path, "original");
    const first = await readConfiguration(files, path);
    const second = await readConfiguration(files, path);
    await writeConfiguration(files, first, "behind", "original");
    await assert.rejects(writeConfiguration(files, second, "behind too", "original"), changed);
    // Read between the backup and the configuration of the first one.
    await assert.rejects(
      writeConfiguration(files, { ...second, text: "behind" }, "twice", "behind"),
      changed,
    );
    assert.equal(await Deno.readTextFile(path), "behind");
    assert.equal(await Deno.readTextFile(`${path}.before-gait`), "original");
  }));

Deno.test("of two that restore a configuration, one does, and the other says that it was changed", () =>
  inFolder(async (path) => {
    const files = makeFiles();
    await Deno.writeTextFile(path, "behind");
    await Deno.writeTextFile(`${path}.before-gait`, "original");
    const both = [await readConfiguration(files, path), await readConfiguration(files, path)];
    const [one, other] = await Promise.allSettled(
      both.map((file) => writeConfiguration(files, file, "original", undefined)),
    );
    assert.deepEqual([one?.status, other?.status], ["fulfilled", "rejected"]);
    assert.equal(other?.status === "rejected" && other.reason.code, "state_contention");
    assert.equal(await Deno.readTextFile(path), "original");
  }));

Deno.test("settings that appeared or changed meanwhile are neither replaced nor removed", () =>
  inFolder(async (path) => {
    const files = makeFiles();
    const none = await readSettings(files, path);
    await Deno.writeTextFile(path, "theirs");
    await assert.rejects(writeSettings(files, none, "ours", undefined), changed);
    const there = await readSettings(files, path);
    await Deno.writeTextFile(path, "theirs, later");
    await assert.rejects(writeSettings(files, there, "", undefined), changed);
    assert.equal(await Deno.readTextFile(path), "theirs, later");
  }));
