import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { aTrace } from "../support/sample_evidence.ts";

const OLD = new Date("2020-01-01T00:00:00Z");

/** Write files that are old enough for anything. */
async function writeOld({ write, path }: Stage, ...names: string[]): Promise<void> {
  for (const name of names) {
    await write(name, name.endsWith(".json") ? JSON.stringify(aTrace()) : "x");
    await Deno.utime(path(name), OLD, OLD);
  }
}

type Event = { path: string; action: string; reason?: string; would_delete?: true };
const pathsOf = (events: Event[] | undefined) => (events ?? []).map(({ path }) => path);

Deno.test("files of others stay, whatever they are called", () =>
  onStage(async (stage) => {
    const { gait } = stage;
    await writeOld(
      stage,
      ".git/trace_1.json",
      "node_modules/a/trace_events.json",
      "art/node_modules/trace_2.json",
      "art/trace_3.json",
    );
    const done = await gait`guard retain --json`;
    assert.equal(done.code, 0, done.stdout);
    assert.deepEqual(pathsOf(done.json.deleted_files), ["art/trace_3.json"]);
    assert.equal(done.json.scanned_files, 1);
  }));

Deno.test("holds that can be read in two ways stop retention, and are not written over", () =>
  onStage(async (stage) => {
    const { gait, write, read, files } = stage;
    await writeOld(stage, "art/trace_1.json");
    const head = '"schema_id":"gait.guard.holds","schema_version":"1.0.0"';
    const hold = '"hold_id":"h","path":"art","created_at":"2026-01-01T00:00:00Z"';
    for (
      const holds of [
        `{${head},"holds":[],"Holds":[{${hold}}]}`,
        `{${head},"holds":[],"hold\u017f":[{${hold}}]}`,
        `{${head},"holds":[],"holds":[{${hold}}]}`,
        `{${head},"holds":[],"held":[{${hold}}]}`,
        `{${head},"holds":[{${hold.replace('"art"', '"other"')},"Path":"art"}]}`,
        `{${head},"holds":[{${hold.replace('"art"', '"other"')},"path":"art"}]}`,
        `{${head},"holds":[{${hold.replace('"art"', '"other"')},"paths":["art"]}]}`,
      ]
    ) {
      await write(".gait/holds.json", holds);
      for (const args of ["retain --root art", "hold list", "hold add art", "hold remove h"]) {
        const { code, json } = await gait("guard", ...args.split(" "), "--json");
        assert.deepEqual([code, json.ok], [6, false], `${args}: ${holds}`);
      }
      assert.equal(await read(".gait/holds.json"), holds);
    }
    assert.ok((await files()).includes("art/trace_1.json"));
  }));

Deno.test("a root that is a link, the system's or the home folder is refused before anything is deleted", () =>
  onStage(async (stage) => {
    const { gait, gaitWith, folder, path, files } = stage;
    await writeOld(stage, "art/trace_1.json", "trace_2.json");
    await Deno.symlink("art", path("link"));
    for (const root of ["link", "/", "//", path("link")]) {
      assert.equal((await gait("guard", "retain", "--root", root)).code, 8, root);
    }
    const home = { env: { HOME: folder } };
    assert.equal((await gaitWith(home, "guard", "retain")).code, 8);
    assert.equal((await gaitWith(home, "guard", "retain", "--root", "..", "--json")).code, 8);
    assert.equal((await gaitWith(home, "guard", "retain", "--dry-run")).code, 0, "to look does no harm");
    assert.equal((await files()).length, 3);
    assert.equal((await gaitWith(home, "guard", "retain", "--root", "art")).code, 0);
  }));

Deno.test("the report stands there before anything is deleted", () =>
  onStage(async (stage) => {
    const { gait, write, read, files, path } = stage;
    await writeOld(stage, "art/trace_1.json");
    await write("mine.json", "{}");
    await write("file", "");
    await Deno.mkdir(path("folder"));
    for (const report of ["mine.json", "file/r.json", "folder", "art/trace_1.json", "../r.json"]) {
      assert.equal((await gait("guard", "retain", "--root", "art", "--report-out", report)).code, 6, report);
    }
    assert.ok((await files()).includes("art/trace_1.json"));
    assert.equal(await read("mine.json"), "{}");
    const first = await gait`guard retain --root art --report-out r/report.json --json`;
    assert.equal(first.code, 0, first.stdout);
    const report = JSON.parse(await read("r/report.json"));
    assert.deepEqual([report.state, pathsOf(report.deleted_files)], ["completed", ["art/trace_1.json"]]);
    assert.equal((await Deno.stat(path("r/report.json"))).mode! & 0o777, 0o600);
    // The next one doesn't replace what the first one says.
    const second = await gait`guard retain --root art --report-out r/report.json --json`;
    assert.equal(second.json.older_report_kept_as, "r/report_2.json");
    assert.deepEqual(JSON.parse(await read("r/report_2.json")), report);
  }));

Deno.test("an unreadable folder is told before anything is deleted", () =>
  onStage(async (stage) => {
    const { gait, write, files } = stage;
    await writeOld(stage, "art/trace_1.json");
    await write(".gait/config.yaml", "retention: {trace_ttl: soon}\n");
    assert.equal((await gait`guard retain --root art`).code, 6);
    await write(".gait/config.yaml", "retention: {trace_tll: 1h}\n");
    assert.equal((await gait`guard retain --root art`).code, 6);
    await write(".gait/holds.json", "{");
    assert.equal((await gait`guard retain --root art --no-config`).code, 6);
    for (
      const flag of ["--trace-ttl=", "--trace-ttl=7d", "--pack-ttl=-", "--session-ttl=x", "--keep-last=-1"]
    ) {
      assert.equal((await gait("guard", "retain", "--root", "art", "--no-config", flag)).code, 6, flag);
    }
    assert.ok((await files()).includes("art/trace_1.json"));
  }));

Deno.test("times to live come from the configuration, sessions too; flags win", () =>
  onStage(async (stage) => {
    const { gait, write } = stage;
    const names = [
      "art/evidence_pack_a.zip",
      "art/s.journal.jsonl",
      "art/s.journal.jsonl.state.json",
      "art/trace_1.json",
    ];
    await writeOld(stage, ...names, "art/s_chain.json");
    const planned = async (...flags: string[]) =>
      pathsOf(
        (await gait("guard", "retain", "--root", "art", "--dry-run", "--json", ...flags)).json.deleted_files,
      );
    assert.deepEqual(await planned(), [names[0], names[3]]);
    assert.deepEqual(await planned("--session-ttl", "1h"), names);
    await write(".gait/config.yaml", "retention: {trace_ttl: '0', session_ttl: 72h, export_ttl: 1000000h}\n");
    assert.deepEqual(await planned(), names.slice(1, 3));
    assert.deepEqual(await planned("--no-config"), [names[0], names[3]]);
    assert.deepEqual(await planned("--trace-ttl", "1h"), names.slice(1));
    await write("art/s.journal.jsonl.lock", "held");
    assert.deepEqual(await planned(), [], "a session that is being written");
  }));

Deno.test("what is on hold stays, however it is named and wherever retention runs", () =>
  onStage(async (stage) => {
    const { gait, gaitWith, folder, path, read } = stage;
    await writeOld(
      stage,
      "art/case/trace_1.json",
      "art/case2/trace_2.json",
      "art/trace_3.json",
      "art/trace_4.json",
    );
    await Deno.symlink("art/trace_3.json", path("link.json"));
    const added =
      await gait`guard hold add ./art/case/ --case-id C-1 --reason ${"under investigation"} --json`;
    assert.equal(added.code, 0, added.stdout);
    assert.equal((await gait`guard hold add link.json`).code, 0);
    assert.equal((await gait`guard hold add art/gone`).code, 6);
    const held = ["art/case/trace_1.json", "art/trace_3.json"];
    for (const [cwd, root] of [[folder, "art"], ["/", `${folder}/art`], [path("art"), "."]] as const) {
      const plan = await gaitWith({ cwd }, "guard", "retain", "--root", root, "--dry-run", "--json");
      const kept = (plan.json.kept_files as Event[]).filter(({ reason }) => reason === "held");
      assert.deepEqual(
        kept.map(({ path }) => path.replace(/^.*art\//, "")).map((name) => `art/${name}`),
        held,
        root,
      );
    }
    assert.equal((await gait`guard retain --root art --json`).json.deleted_files.length, 2);
    const listed = (await gait`guard hold list --json`).json.holds;
    assert.deepEqual(listed.map(({ path }: Event) => path), ["art/case", "link.json"]);
    assert.equal(JSON.parse(await read(".gait/holds.json")).holds[0].case_id, "C-1");
    assert.equal((await gait`guard hold remove hold_0`).code, 6);
    assert.equal((await gait`guard hold remove ${added.json.hold.hold_id}`).code, 0);
    assert.deepEqual(pathsOf((await gait`guard retain --root art --json`).json.deleted_files), [held[0]]);
  }));

Deno.test("a folder below the root has holds of its own, and a link in their place is refused", () =>
  onStage(async (stage) => {
    const { gaitWith, path, gait, write } = stage;
    await writeOld(stage, "art/deep/trace_1.json");
    assert.equal((await gaitWith({ cwd: path("art/deep") }, "guard", "hold", "add", "trace_1.json")).code, 0);
    assert.equal((await gait`guard retain --root art --json`).json.deleted_files, undefined);
    await write("empty.json", '{"schema_id":"gait.guard.holds","schema_version":"1.0.0","holds":[]}');
    await Deno.remove(path("art/deep/.gait/holds.json"));
    await Deno.symlink(path("empty.json"), path("art/deep/.gait/holds.json"));
    assert.equal((await gait`guard retain --root art`).code, 8);
  }));

Deno.test("holds of a folder below the root count also where its .gait is a link", () =>
  onStage(async (stage) => {
    const { gaitWith, path, gait } = stage;
    await writeOld(stage, "art/deep/trace_1.json");
    assert.equal((await gaitWith({ cwd: path("art/deep") }, "guard", "hold", "add", "trace_1.json")).code, 0);
    await Deno.rename(path("art/deep/.gait"), path("elsewhere"));
    await Deno.symlink(path("elsewhere"), path("art/deep/.gait"));
    assert.equal((await gait`guard retain --root art --json`).json.deleted_files, undefined);
  }));

Deno.test("--only-verified keeps what was changed, and what is something else", () =>
  onStage(async (stage) => {
    const { gait, write, path } = stage;
    await gait("demo");
    await write("t.json", JSON.stringify(aTrace()));
    const built = await gait`guard pack run_demo --trace t.json --out art/evidence_pack_good.zip --json`;
    assert.equal(built.code, 0, built.stdout);
    const bad = await stage.bytes("art/evidence_pack_good.zip");
    bad[bad.length >> 1]! ^= 1;
    await write("art/evidence_pack_bad.zip", bad);
    await writeOld(
      stage,
      "art/trace_good.json",
      "art/evidence_pack_text.gaitenc",
      "art/evidence_pack_text.age",
    );
    await write("art/trace_events.json", "[]");
    await write("art/trace_other.json", '{"events":[]}');
    for (const { name } of Deno.readDirSync(path("art"))) await Deno.utime(path(`art/${name}`), OLD, OLD);
    const done = await gait`guard retain --root art --only-verified --json`;
    assert.deepEqual(
      pathsOf(done.json.deleted_files),
      ["art/evidence_pack_good.zip", "art/trace_good.json"],
      done.stdout,
    );
    assert.ok((done.json.kept_files as Event[]).every(({ reason }) => reason === "not_verified"));
  }));

Deno.test("a dry run says what it would do, and does nothing", () =>
  onStage(async (stage) => {
    const { gait, files } = stage;
    await writeOld(stage, "art/trace_1.json");
    const done = await gait`guard retain --root art --dry-run --json`;
    const [event] = done.json.deleted_files as Event[];
    assert.deepEqual([event!.action, event!.would_delete, done.json.dry_run], ["deleted", true, true]);
    assert.deepEqual(await files(), ["art/trace_1.json"]);
  }));

Deno.test("a link is deleted as what it is; what it leads to stays", () =>
  onStage(async (stage) => {
    const { gait, write, path, read } = stage;
    await write("other.txt", "keep");
    await Deno.mkdir(path("art"));
    await Deno.symlink("../other.txt", path("art/trace_link.json"));
    await Deno.symlink(path("."), path("art/trace_folder.json"));
    const done = await gait`guard retain --root art --trace-ttl 1ns --json`;
    assert.deepEqual(
      pathsOf(done.json.deleted_files),
      ["art/trace_folder.json", "art/trace_link.json"],
      done.stdout,
    );
    assert.equal(await read("other.txt"), "keep");
  }));

Deno.test("a hold is removed by its path, and by its id when the path has several", () =>
  onStage(async ({ gait, write }) => {
    await write("out/a.json", "{}");
    const { json: { hold } } = await gait`guard hold add out/a.json --json`;
    assert.equal((await gait`guard hold remove ./out/a.json --json`).json.hold.hold_id, hold.hold_id);
    assert.equal((await gait`guard hold remove out/a.json --json`).code, 6);
    await gait`guard hold add out/a.json`;
    const second = (await gait`guard hold add out/a.json --json`).json.hold.hold_id;
    const several = await gait`guard hold remove out/a.json --json`;
    assert.equal(several.code, 6);
    assert(several.json.hint.includes(second));
    assert.equal((await gait("guard", "hold", "remove", second, "--json")).code, 0);
  }));
