import assert from "node:assert/strict";
import { utf8 } from "../../lib/formats/bytes.ts";
import { onStage } from "../support/gait.ts";
import { packSample } from "../support/sample_run.ts";
import { swap } from "../support/sample_packs.ts";
import { traceFile } from "../support/sample_traces.ts";

Deno.test("gait report top names a broken file, and ranks the others", () =>
  onStage(async ({ gait, write, read }) => {
    const { bytes } = await packSample();
    await write("runs/runpack_good.zip", bytes);
    await write("runs/runpack_tampered.zip", await swap(bytes, { "results.jsonl": "" }));
    await write("runs/runpack_torn.zip", bytes.slice(0, 50));
    await write("runs/trace_bad.json", utf8("{"));
    const { code, json } = await gait`report top runs --traces runs --json`;
    const broken = ["runs/runpack_tampered.zip", "runs/runpack_torn.zip", "runs/trace_bad.json"];
    const names = ({ unreadable }: { unreadable: { path: string }[] }) => unreadable.map(({ path }) => path);
    assert.deepEqual([code, json.action_count, names(json)], [0, 3, broken]);
    assert.deepEqual(names(JSON.parse(await read("gait-out/report_top_actions.json"))), broken);
  }));

Deno.test("gait report top shows 20 broken files in text, and reports all", () =>
  onStage(async ({ gait, write, read }) => {
    await write("runs/runpack_good.zip", (await packSample()).bytes);
    for (let i = 0; i < 25; i++) await write(`runs/trace_${i}.json`, "{");
    const { stdout } = await gait`report top runs --traces runs`;
    assert.equal(stdout.match(/^not read: runs/gm)?.length, 20);
    assert.match(stdout, /^not read: 5 /m);
    assert.equal(JSON.parse(await read("gait-out/report_top_actions.json")).unreadable.length, 25);
  }));

Deno.test("gait report top does not enter linked folders, and says when a link leads nowhere", () =>
  onStage(async ({ gait, write, path }) => {
    await write("real/trace_a.json", traceFile());
    await Deno.symlink(path("real"), path("link"));
    await write("dir/trace_b.json", traceFile({ tool_name: "b" }));
    await Deno.symlink(path("real"), path("dir/inner"));
    await Deno.symlink("nowhere", path("dir/trace_c.json"));
    await Deno.symlink(path("real/trace_a.json"), path("dir/trace_d.json"));
    assert.equal((await gait`report top --traces link --json`).code, 6);
    const { json } = await gait`report top --traces dir --json`;
    assert.deepEqual(
      json.report.top_actions.map((action: { source_artifact: string }) => action.source_artifact).sort(),
      ["dir/trace_b.json", "dir/trace_d.json"],
    );
    assert.deepEqual(json.unreadable.map(({ path }: { path: string }) => path), ["dir/trace_c.json"]);
  }));

Deno.test("gait report top --since leaves out what is older, and keeps what has no time", () =>
  onStage(async ({ gait, write }) => {
    await write("t/trace_old.json", traceFile({ tool_name: "old", created_at: "2020-01-01T00:00:00Z" }));
    await write("t/trace_new.json", traceFile({ tool_name: "new", created_at: "2026-01-01T00:00:00Z" }));
    await write("t/trace_none.json", traceFile({ tool_name: "none", created_at: "1980-01-01T00:00:00Z" }));
    for (const since of ["2025-12-31", "2026-01-01T01:00:00+01:00"]) {
      const { json } = await gait`report top --traces t --since ${since} --json`;
      const tools = json.report.top_actions.map((action: { tool_name: string }) => action.tool_name);
      assert.deepEqual(tools.sort(), ["new", "none"]);
    }
    for (const since of ["soon", "0d", "-1h", "2026-13-01"]) {
      assert.equal((await gait`report top --traces t --since ${since} --json`).code, 6);
    }
  }));

Deno.test("gait report top shows 20 actions at most, and all with --all, and says from when they are", () =>
  onStage(async ({ gait, write, read }) => {
    for (let i = 0; i < 25; i++) {
      const created_at = `2026-03-01T09:00:${String(i + 10)}Z`;
      await write(
        `t/trace_${i}.json`,
        traceFile({ tool_name: "widget.turn", trace_id: `t${i}`, created_at }),
      );
    }
    const shown = async (...flags: string[]) =>
      (await gait("report", "top", "--traces", "t", "--json", ...flags)).json.report.top_actions.length;
    assert.deepEqual([await shown("--limit", "25"), await shown("--all", "--limit", "3")], [20, 25]);
    const report = JSON.parse(await read("gait-out/report_top_actions.json"));
    assert.deepEqual([report.action_count, report.top_actions[0].tool_class], [25, "execute"]);
    assert.deepEqual(
      [report.first_action_at, report.last_action_at],
      ["2026-03-01T09:00:10Z", "2026-03-01T09:00:34Z"],
    );
  }));

Deno.test("gait report top --by sums up, the group of the riskiest action first", () =>
  onStage(async ({ gait, write }) => {
    const requester = (identity: string) => ({ agent_chain: [{ identity, role: "requester" }] });
    await write(
      "a/gait-out/trace_1.json",
      traceFile({ tool_name: "db.drop", relationship: requester("ann") }),
    );
    await write(
      "a/gait-out/trace_2.json",
      traceFile({ tool_name: "db.read", relationship: requester("bob") }),
    );
    await write("b/trace_3.json", traceFile({ tool_name: "db.read", relationship: requester("bob") }));
    const groups = async (by: string) =>
      (await gait`report top --traces a,b --by ${by} --json`).json.report.groups
        .map((group: { name: string; actions: number }) => [group.name, group.actions]);
    assert.deepEqual(await groups("tool"), [["db.drop", 1], ["db.read", 2]]);
    assert.deepEqual(await groups("identity"), [["ann", 1], ["bob", 2]]);
    assert.deepEqual(await groups("workspace"), [["a", 2], ["b", 1]]);
  }));

Deno.test("gait report top replaces an older report, and no other file", () =>
  onStage(async ({ gait, write, read }) => {
    await write("trace_1.json", traceFile());
    const args = ["report", "top", "--traces", "trace_1.json"];
    assert.equal((await gait(...args)).code, 0);
    assert.equal((await gait(...args)).code, 0);
    const before = await read("trace_1.json");
    assert.equal((await gait(...args, "--out", "trace_1.json")).code, 6);
    assert.equal(await read("trace_1.json"), before);
  }));

Deno.test("gait report top --html draws a page, and replaces no other file", () =>
  onStage(async ({ gait, write, read }) => {
    await write("trace_1.json", traceFile({ tool_name: "db.drop" }));
    await write("mine.html", "<title>mine</title>");
    const args = ["report", "top", "--traces", "trace_1.json", "--json", "--html"];
    for (let i = 0; i < 2; i++) {
      assert.equal((await gait(...args, "pages/top.html")).json.html_path, "pages/top.html");
    }
    assert.ok((await read("pages/top.html")).includes("db.drop"));
    for (const other of ["mine.html", "trace_1.json", "gait-out/report_top_actions.json"]) {
      assert.equal((await gait(...args, other)).code, 6, other);
    }
    assert.equal(await read("mine.html"), "<title>mine</title>");
  }));
