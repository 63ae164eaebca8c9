import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";

const TOOL = "@tool\ndef send_mail(): pass\n";

Deno.test("snapshot is the same to the byte when SOURCE_DATE_EPOCH is set, and private", () =>
  onStage(async ({ gaitWith, write, bytes, path }) => {
    await write("src/a.py", TOOL);
    for (const name of ["a.json", "b.json"]) {
      const env = { SOURCE_DATE_EPOCH: "1700000000" };
      const { code } = await gaitWith({ env }, "scout", "snapshot", "--roots", "src", "--out", name);
      assert.equal(code, 0);
    }
    assert.deepEqual(await bytes("a.json"), await bytes("b.json"));
    const document = JSON.parse(new TextDecoder().decode(await bytes("a.json")));
    assert.equal(document.created_at, "2023-11-14T22:13:20Z");
    assert.equal(document.items[0].line, 2);
    assert.equal((await Deno.lstat(path("a.json"))).mode! & 0o777, 0o600);
    for (const epoch of ["x", "-1", "1.5", "99999999999999"]) {
      const env = { SOURCE_DATE_EPOCH: epoch };
      const { code } = await gaitWith({ env }, "scout", "snapshot", "--roots", "src", "--out", "c.json");
      assert.equal(code, 6, epoch);
    }
  }));

Deno.test("snapshot follows a root that is a link, but no link below it", () =>
  onStage(async ({ gait, write, path, read }) => {
    await write("real/a.py", TOOL);
    await write("other/b.py", TOOL.replace("send_mail", "drop_all"));
    await Deno.symlink("real", path("link"));
    await Deno.symlink("../other", path("real/in"));
    await Deno.symlink("..", path("real/up"));
    assert.equal((await gait`scout snapshot --roots link --out s.json`).code, 0);
    const { workspace, items } = JSON.parse(await read("s.json"));
    assert.deepEqual([workspace, items.map((item: { locator: string }) => item.locator)], ["link", [
      "link/a.py",
    ]]);
  }));

Deno.test("snapshot refuses what it can't read whole: links that dangle, devices, pipes, folders, closed folders", () =>
  onStage(async ({ gait, write, path, files }) => {
    await write("ok/a.py", TOOL);
    const broken: [string, () => Promise<void>][] = [
      ["dangling.py", () => Deno.symlink("nowhere", path("dangling.py"))],
      ["loop.json", () => Deno.symlink("loop.json", path("loop.json"))],
      ["zero.yaml", () => Deno.symlink("/dev/zero", path("zero.yaml"))],
      ["folder.py", () => Deno.symlink("ok", path("folder.py"))],
      ["pipe.py", async () => void await new Deno.Command("mkfifo", { args: [path("pipe.py")] }).output()],
    ];
    for (const [name, make] of broken) {
      await make();
      const { code, json } = await gait`scout snapshot --out s.json --json`;
      assert.deepEqual([code, json.ok, json.error_code], [6, false, "invalid_input"], name);
      assert.equal((await gait`scout snapshot --out t.json --exclude ${name}`).code, 0, name);
      await Deno.remove(path(name));
      await Deno.remove(path("t.json"));
    }
    assert.deepEqual(await files(), ["ok/a.py"]);
  }));

Deno.test("snapshot passes over a configuration that does not parse, but not one of MCP", () =>
  onStage(async ({ gait, write, read }) => {
    await write("a.json", '{"servers": {"files": {}}}');
    for (const text of ["servers: [", "servers: {a: {}}\nservers: {b: {}}\n", "servers: {a: *gone}"]) {
      await write("other.yaml", text);
      assert.equal((await gait`scout snapshot --out s.json`).code, 0, text);
      assert.deepEqual(JSON.parse(await read("s.json")).items.map(({ id }: { id: string }) => id), [
        "mcp_server:files",
      ]);
      await write("my.MCP.yml", text);
      assert.equal((await gait`scout snapshot --out s.json`).code, 6, text);
      await write("my.MCP.yml", "");
    }
  }));

Deno.test("snapshot leaves a huge source out with a warning, but not a huge MCP configuration", () =>
  onStage(async ({ gait, path, write }) => {
    await write("a.py", TOOL);
    const grow = async (name: string) => {
      const file = await Deno.open(path(name), { write: true, create: true });
      await file.truncate(2 ** 40);
      file.close();
    };
    await grow("data.json");
    const { code, json } = await gait`scout snapshot --out s.json --json`;
    assert.deepEqual([code, json.items, json.warnings.length], [0, 1, 1]);
    await grow("mcp.json");
    assert.equal((await gait`scout snapshot --out s.json --json`).code, 6);
  }));

Deno.test("snapshot replaces older snapshots alone, and writes nothing when the coverage fails", () =>
  onStage(async ({ gait, write, read, files }) => {
    await write("a.py", TOOL);
    await write("p.yaml", "default_verdict: block\n");
    await write("mine.json", '{"my": "notes"}');
    for (const out of ["mine.json", "a.py", "p.yaml"]) {
      const { code } = await gait`scout snapshot --policy p.yaml --out ${out} --json`;
      assert.equal(code, 6, out);
    }
    assert.equal((await gait`scout snapshot --policy p.yaml --out s.json --coverage-out mine.json`).code, 6);
    assert.equal((await gait`scout snapshot --policy p.yaml --out s.json --coverage-out s.json`).code, 6);
    assert.equal((await gait`scout snapshot --policy gone.yaml --out s.json`).code, 6);
    assert.deepEqual(await files(), ["a.py", "mine.json", "p.yaml"]);
    assert.equal(await read("mine.json"), '{"my": "notes"}');
    assert.equal((await gait`scout snapshot --out s.json --exclude json`).code, 0);
    await write("b.py", TOOL.replace("send_mail", "x"));
    assert.equal((await gait`scout snapshot --out s.json --exclude json`).code, 0);
    assert.equal(JSON.parse(await read("s.json")).items.length, 2);
  }));

Deno.test("diff ignores lines and times, and says with its status whether anything changed", () =>
  onStage(async ({ gait, write }) => {
    await write("a.py", TOOL);
    assert.equal((await gait`scout snapshot --out one.json --exclude json`).code, 0);
    await write("a.py", `# moved down\n${TOOL}`);
    assert.equal((await gait`scout snapshot --out two.json --exclude json`).code, 0);
    assert.equal((await gait`scout diff one.json two.json`).code, 0);
    await write("a.py", `${TOOL}def drop_all(): pass\n`);
    assert.equal((await gait`scout snapshot --out three.json --exclude json`).code, 0);
    const { code, json } = await gait`scout diff --right three.json one.json --json`;
    assert.deepEqual([code, json.ok, json.diff.added_count, json.error], [2, false, 1, undefined]);
    assert.equal((await gait`scout diff one.json three.json --out one.json`).code, 6);
  }));

Deno.test("names from files show nothing invisible, and move no cursor", () =>
  onStage(async ({ gait, write }) => {
    const hostile = "evil\u202e\u001b[2J";
    const schema_id = "gait.scout.inventory_snapshot";
    await write("l.json", JSON.stringify({ schema_id, items: [] }));
    await write(
      "r.json",
      JSON.stringify({ schema_id, items: [{ id: "x", name: hostile, locator: hostile }] }),
    );
    const { stdout, code } = await gait`scout diff l.json r.json`;
    assert.equal(code, 2);
    // deno-lint-ignore no-control-regex
    assert.ok(!/[\u202e\x1b]/.test(stdout), JSON.stringify(stdout));
  }));

Deno.test("diff takes no document that is no snapshot, or that hides an item", () =>
  onStage(async ({ gait, write }) => {
    const head = '{"schema_id":"gait.scout.inventory_snapshot","schema_version":"1.0.0"';
    const item = (name: string) => `{"id":"a","kind":"tool","name":"${name}","locator":"a.py"}`;
    await write("good.json", `${head},"items":[${item("a")}]}`);
    const bad = [
      '{"a":1}',
      '{"schema_id":"gait.scout.other","items":[]}',
      `${head},"items":[${item("b")}],"items":[${item("a")}]}`,
      `${head},"items":[${item("b")},${item("a")}]}`,
    ];
    for (const text of bad) {
      await write("bad.json", text);
      for (const [left, right] of [["good", "bad"], ["bad", "good"], ["bad", "bad"]]) {
        assert.equal((await gait("scout", "diff", `${left}.json`, `${right}.json`)).code, 6, text);
      }
    }
    assert.equal((await gait`scout diff good.json good.json`).code, 0);
  }));

Deno.test("snapshot and coverage replace what they wrote the last time, although the scan meets it, and no source", () =>
  onStage(async ({ gait, gaitWith, write, read }) => {
    await write("a.py", TOOL);
    await write("tools.json", "{}");
    await write(".gait.yaml", "default_verdict: block\n");
    const commands = [
      ["scout", "snapshot"],
      ["scout", "snapshot", "--out", "s.json"],
      ["scout", "snapshot", "--policy", ".gait.yaml", "--coverage-out", "c.json"],
      ["scout", "coverage", "--sarif", "c.sarif.json"],
    ];
    for (const command of [...commands, ...commands]) {
      const { code, stderr } = await gaitWith({}, ...command);
      assert.equal(code, 0, `${command.join(" ")}: ${stderr}`);
    }
    for (const out of ["a.py", "tools.json", ".gait.yaml"]) {
      assert.equal((await gait`scout snapshot --out ${out}`).code, 6, out);
      assert.equal((await gait`scout coverage --sarif ${out}`).code, 6, out);
    }
    assert.equal(await read("a.py") + await read("tools.json"), TOOL + "{}");
  }));
