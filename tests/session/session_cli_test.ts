/** Sessions through the executable: what a user sees, and what the existing program gets wrong (docs/spec/sessions.md 8, 10). */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";

const J = ["--journal", "s.jsonl", "--json"];
const start = ({ gait }: Stage) => gait`run session start ${J} --session-id s1 --run-id run_a`;
const append = ({ gait }: Stage, ...more: string[]) =>
  gait`run session append ${J} --tool t --verdict allow ${more}`;
const session = ({ gait }: Stage, ...args: string[]) => gait`run session ${args} ${J}`;

/** A session of three events, the first two sealed. */
async function begin(stage: Stage, ...keys: string[]): Promise<void> {
  await start(stage);
  await append(stage);
  await append(stage);
  const { code, stdout } = await session(stage, "checkpoint", "--out", "cp/one.zip", ...keys);
  assert.equal(code, 0, stdout);
  await append(stage);
}

Deno.test("run session: append after compact goes on with the next number, and checkpoints go on", () =>
  onStage(async (stage) => {
    await begin(stage);
    await session(stage, "checkpoint", "--out", "cp/two.zip");
    assert.equal((await session(stage, "compact")).json.compaction.events_after, 0);
    assert.equal((await append(stage)).json.event.sequence, 4);
    const { json } = await session(stage, "checkpoint", "--out", "cp/three.zip");
    assert.deepEqual([json.checkpoint.checkpoint_index, json.checkpoint.sequence_start], [3, 4]);
    assert.equal(
      (await stage.gait`verify session-chain s_chain.json --profile standard`).code,
      0,
    );
  }));

Deno.test("run session: a torn tail stops everything with exit 6 until recover cuts it, keeps it and says so", () =>
  onStage(async (stage) => {
    await begin(stage);
    const whole = await stage.read("s.jsonl");
    await stage.write("s.jsonl", whole + '{"record_type":"eve');
    for (const args of [["status"], ["checkpoint", "--out", "x.zip"], ["compact"]]) {
      const { code, json } = await session(stage, ...args);
      assert.deepEqual([code, json.error_detail], [6, "torn_tail"]);
    }
    assert.deepEqual([(await append(stage)).code, (await start(stage)).code], [6, 6]);
    const { code, json } = await session(stage, "recover");
    assert.deepEqual([code, json.recovered, json.recovery.cut_bytes, json.recovery.kept_as], [
      0,
      true,
      19,
      "s.jsonl.torn-1",
    ]);
    assert.equal(await stage.read("s.jsonl"), whole);
    assert.equal(await stage.read("s.jsonl.torn-1"), '{"record_type":"eve');
    assert.equal((await append(stage)).json.event.sequence, 4);
    const last = JSON.parse((await stage.read("s.jsonl")).trimEnd().split("\n").at(-1)!);
    assert.equal(last.recovered.cut_bytes, 19, "the next record says that it follows a cut");
    assert.equal((await session(stage, "status")).json.recoveries, 1);
    assert.equal((await session(stage, "recover")).json.recovered, false);
    assert.equal((await append(stage)).code, 0);
    assert(!(await stage.read("s.jsonl")).trimEnd().split("\n").at(-1)!.includes("recovered"));
  }));

Deno.test("run session append puts a lost final newline back", () =>
  onStage(async (stage) => {
    await begin(stage);
    await stage.write("s.jsonl", (await stage.read("s.jsonl")).trimEnd());
    assert.equal((await append(stage)).json.event.sequence, 4);
    assert.equal((await session(stage, "status")).json.status.event_count, 4);
  }));

Deno.test("run session rebuilds an edited state, and refuses an edited journal", () =>
  onStage(async (stage) => {
    await begin(stage);
    const [journal, state] = [await stage.read("s.jsonl"), await stage.read("s.jsonl.state.json")];
    // The size stays right, which is all that the existing program looks at.
    await stage.write("s.jsonl.state.json", state.replace('"last_sequence": 3', '"last_sequence": 9'));
    assert.equal((await append(stage)).json.event.sequence, 4);
    await stage.write("s.jsonl", journal);
    await stage.write("s.jsonl.state.json", state);
    for (
      const [from, to] of [['"allow"', '"block"'], [
        '"sequence":3,"tool_name":"t"',
        '"sequence":3,"tool_name":"u"',
      ]]
    ) {
      const edited = journal.replace(from!, to!);
      assert.equal(edited.length, journal.length);
      await stage.write("s.jsonl", edited);
      const { code, json } = await session(stage, "status");
      assert.deepEqual([code, json.error_detail], [6, "journal_edited"], to);
      assert.equal((await session(stage, "checkpoint", "--out", "x.zip")).code, 6);
      assert.equal((await session(stage, "recover")).code, 6);
    }
    assert.equal((await append(stage)).code, 6, "its last line was changed");
    await stage.write("s.jsonl", journal);
    assert.equal((await append(stage)).json.event.sequence, 4);
  }));

Deno.test("run session reports a journal whose last lines vanished, and recover records how many", () =>
  onStage(async (stage) => {
    await begin(stage);
    await append(stage);
    const lines = (await stage.read("s.jsonl")).trimEnd().split("\n");
    await stage.write("s.jsonl", lines.slice(0, -1).join("\n") + "\n");
    const { code, json } = await session(stage, "status");
    assert.deepEqual([code, json.error_detail], [6, "journal_cut"]);
    assert.equal((await append(stage)).code, 6);
    assert.equal((await session(stage, "recover")).json.recovery.lost_sequences, 1);
    assert.equal((await append(stage)).json.event.sequence, 4);
  }));

Deno.test("run session checkpoint signs, and strict verify session-chain passes without a second step", () =>
  onStage(async (stage) => {
    await stage.gait`keys init --out-dir k`;
    await begin(stage, "--private-key", "k/gait_private.key");
    const strict = argv`verify session-chain s_chain.json --profile strict --json`;
    const key = ["--public-key", "k/gait_public.key"];
    const { code, json } = await stage.gait`${strict} ${key} --require-head`;
    assert.deepEqual([code, json.head_status, json.checkpoints[0].signature_status], [
      0,
      "verified",
      "verified",
    ]);
    assert.equal((await stage.gait`${strict} ${key} --min-checkpoints 2`).code, 2);

    await session(stage, "checkpoint", "--out", "cp/two.zip");
    const unsigned = await stage.gait(...strict, ...key);
    assert.deepEqual([unsigned.code, unsigned.json.head_status], [2, "unsigned"]);
    assert.deepEqual(unsigned.json.checkpoint_errors, ["checkpoint 2 signature verification failed"]);
    assert.equal(
      (await session(stage, "chain", "--private-key", "k/gait_private.key")).json.checkpoint_count,
      2,
    );
    assert.equal((await stage.gait(...strict, ...key)).json.head_status, "verified");
  }));

Deno.test("verify session-chain fails on a given key that signed nothing, also in the standard profile", () =>
  onStage(async (stage) => {
    await stage.gait`keys init --out-dir k`;
    await stage.gait`keys init --out-dir other`;
    await begin(stage, "--private-key", "k/gait_private.key");
    const { code, json } = await stage
      .gait`verify session-chain s_chain.json --json --public-key other/gait_public.key`;
    assert.deepEqual([code, json.checkpoints[0].signature_status], [2, "failed"]);
    const without = await stage.gait`verify session-chain s_chain.json --json`;
    assert.deepEqual([without.code, without.json.checkpoints[0].signature_status], [0, "skipped"]);
  }));

Deno.test("verify session-chain finds runpacks beside the chain when the working folder has none", () =>
  onStage(async (stage) => {
    await begin(stage);
    await Deno.mkdir(stage.path("moved"));
    for (const name of ["cp", "s_chain.json", "s_chain.head.json"]) {
      await Deno.rename(stage.path(name), stage.path(`moved/${name}`));
    }
    const { code, json } = await stage.gait`verify session-chain moved/s_chain.json --json`;
    assert.deepEqual([code, json.checkpoints[0].runpack_path], [0, "moved/cp/one.zip"]);
  }));

Deno.test("run session refuses outputs that are files of the session, before anything is written", () =>
  onStage(async (stage) => {
    await begin(stage);
    const before = await stage.files();
    for (
      const out of [
        "s.jsonl",
        "./s.jsonl",
        "s.jsonl.state.json",
        "s.jsonl.lock",
        "s_chain.json",
        "s_chain.head.json",
      ]
    ) {
      assert.equal((await session(stage, "checkpoint", "--out", out)).code, 6, out);
      assert.equal(
        (await session(stage, "checkpoint", "--out", "new.zip", "--chain-out", "s.jsonl")).code,
        6,
      );
      if (out !== "s.jsonl" && out !== "./s.jsonl") {
        assert.equal((await session(stage, "compact", "--out", out)).code, 6);
      }
    }
    assert.equal(
      (await session(stage, "checkpoint", "--out", "cp/one.zip")).code,
      6,
      "it holds checkpoint 1",
    );
    assert.equal((await session(stage, "compact", "--out", "cp/one.zip")).code, 6);
    assert.deepEqual(await stage.files(), before);
    assert.equal((await session(stage, "status")).json.status.checkpoint_count, 1);
  }));

Deno.test("run session knows its own files and sealed runpacks under every name", () =>
  onStage(async (stage) => {
    await begin(stage);
    await Deno.mkdir(stage.path("d"));
    await Deno.symlink("..", stage.path("d/up"));
    await Deno.symlink("s.jsonl", stage.path("link"));
    const kept = ["s.jsonl", "s.jsonl.state.json", "s_chain.json", "s_chain.head.json", "cp/one.zip"];
    const before = await Promise.all(kept.map(stage.read));
    for (const name of kept) {
      for (const spelled of [stage.path(name), `d/up/${name}`]) {
        assert.equal((await session(stage, "checkpoint", "--out", spelled)).code, 6, spelled);
        if (name === "s.jsonl") continue; // in place
        assert.equal((await session(stage, "compact", "--out", spelled)).code, 6, spelled);
      }
    }
    assert.equal((await session(stage, "checkpoint", "--out", "link")).code, 6);
    assert.equal((await session(stage, "chain", "--out", stage.path("s.jsonl"))).code, 6);
    for (const chain of [stage.path("s.jsonl"), stage.path("cp/one.zip"), stage.path("cp/two.zip")]) {
      const { code } = await session(stage, "checkpoint", "--out", "cp/two.zip", "--chain-out", chain);
      assert.equal(code, 6, chain);
    }
    assert.deepEqual(await Promise.all(kept.map(stage.read)), before);
    const compacted = await session(stage, "compact", "--out", stage.path("s.jsonl"));
    assert.equal(compacted.json.compaction.output_path, "s.jsonl", "another name of the journal is in place");
    assert.equal((await append(stage)).json.event.sequence, 4);
  }));

Deno.test("run session checkpoint writes over no evidence of anything else", () =>
  onStage(async (stage) => {
    await begin(stage);
    const other = async (journal: string, out: string, ...more: string[]) => {
      const at = ["--journal", journal, "--json"];
      await stage.gait`run session start ${at} --session-id s2 --run-id run_b`;
      await stage.gait`run session append ${at} --tool t --verdict allow`;
      return await stage.gait`run session checkpoint ${at} --out ${out} ${more}`;
    };
    const kept = ["cp/one.zip", "s_chain.json", "s_chain.head.json"];
    const before = await Promise.all(kept.map(stage.read));
    assert.equal((await other("o.jsonl", "cp/one.zip")).code, 6);
    assert.equal((await other("o.jsonl", "cp/o.zip", "--chain-out", "s_chain.json")).code, 6);
    // Its chain would have the same name.
    assert.equal((await other("s.log", "cp/o.zip")).code, 6);
    assert.deepEqual(await Promise.all(kept.map(stage.read)), before);
    await stage.write("cp/o.zip", "something else");
    const taken = await other("o.jsonl", "cp/o.zip");
    assert.deepEqual([taken.code, taken.json.error_detail], [6, "output_exists"]);
    await Deno.remove(stage.path("cp/o.zip"));
    assert.equal((await other("o.jsonl", "cp/o.zip")).code, 0);
    // A crash left the runpack of the next checkpoint behind.
    const crash = ["s.jsonl", "s_chain.json", "s_chain.head.json"];
    const was = await Promise.all(crash.map(stage.read));
    await session(stage, "checkpoint", "--out", "cp/two.zip");
    for (const [i, name] of crash.entries()) await stage.write(name, was[i]!);
    await Deno.remove(stage.path("s.jsonl.state.json"));
    assert.equal((await session(stage, "checkpoint", "--out", "cp/two.zip")).code, 0);
  }));

Deno.test("run session does not replace the chain of a journal that was lost and begun anew", () =>
  onStage(async (stage) => {
    await begin(stage);
    const before = await stage.read("s_chain.json");
    await Deno.remove(stage.path("s.jsonl"));
    await start(stage);
    await append(stage);
    assert.equal((await session(stage, "checkpoint", "--out", "cp/new.zip")).code, 6);
    assert.equal(await stage.read("s_chain.json"), before);
    await Deno.rename(stage.path("s_chain.json"), stage.path("old_chain.json"));
    assert.equal((await session(stage, "checkpoint", "--out", "cp/new.zip")).code, 0);
  }));

Deno.test("verify session-chain refuses a chain that can be read in two ways, in every profile", () =>
  onStage(async (stage) => {
    await begin(stage);
    const chain = await stage.read("s_chain.json");
    await stage.write("s_chain.json", chain.replace("{", '{"session_id":"another",'));
    const { code, json } = await stage.gait`verify session-chain s_chain.json --json`;
    assert.deepEqual([code, json.error_detail], [6, "duplicate_json_key"]);
  }));

Deno.test("run diff of session chains sees a checkpoint that stands there twice", () =>
  onStage(async (stage) => {
    await begin(stage);
    const chain = JSON.parse(await stage.read("s_chain.json"));
    await stage.write(
      "twice.json",
      JSON.stringify({ ...chain, checkpoints: [0, 0].map((i) => chain.checkpoints[i]) }),
    );
    const { code, json } = await stage.gait`run diff ./s_chain.json ./twice.json --json`;
    assert.deepEqual([code, json.summary.files_changed], [2, ["checkpoint_1"]]);
  }));

Deno.test("verify session-chain does not take a head that is not a file for a chain without one", () =>
  onStage(async (stage) => {
    await begin(stage);
    await Deno.remove(stage.path("s_chain.head.json"));
    await new Deno.Command("mkfifo", { args: [stage.path("s_chain.head.json")] }).output();
    const { json } = await stage.gait`verify session-chain s_chain.json --json`;
    assert.equal(json.head_status, "failed");
  }));

Deno.test("run session makes the folders of --chain-out and compact --out, or records nothing", () =>
  onStage(async (stage) => {
    await begin(stage);
    await stage.write("file", "in the way");
    assert.equal(
      (await session(stage, "checkpoint", "--out", "x.zip", "--chain-out", "file/c.json")).code,
      6,
    );
    assert.equal((await session(stage, "status")).json.status.checkpoint_count, 1);
    const made = await session(stage, "checkpoint", "--out", "x.zip", "--chain-out", "a/b/c.json");
    assert.deepEqual([made.code, made.json.chain_path], [0, "a/b/c.json"]);
    assert.equal((await session(stage, "compact", "--out", "c/d.jsonl")).code, 0);
    assert.equal((await stage.gait`run session status --journal c/d.jsonl`).code, 0);
  }));

Deno.test("run session reports a held lock as contention that may be tried again", () =>
  onStage(async (stage) => {
    await begin(stage);
    await stage.write("s.jsonl.lock", `{"pid":1,"created_at":"${new Date().toISOString()}"}`);
    const env = { GAIT_SESSION_LOCK_TIMEOUT: "30ms" };
    const { code, json } = await stage.gaitWith({ env }, ...argv`run session status ${J}`);
    assert.deepEqual([code, json.error_code, json.retryable], [1, "state_contention", true]);
    // A name is no reason: the existing program answers 1 here.
    assert.equal(
      (await stage.gait`run session status --journal nolock.jsonl --json`).code,
      6,
    );
  }));

Deno.test("run session status writes the chain anew when a crash kept it from being written", () =>
  onStage(async (stage) => {
    await begin(stage);
    const [state, chain] = [await stage.read("s.jsonl.state.json"), await stage.read("s_chain.json")];
    await session(stage, "checkpoint", "--out", "cp/two.zip");
    await stage.write("s.jsonl.state.json", state);
    await stage.write("s_chain.json", chain);
    await session(stage, "status");
    assert.equal(JSON.parse(await stage.read("s_chain.json")).checkpoints.length, 2);
    assert.equal((await stage.gait`verify session-chain s_chain.json`).code, 0);
  }));

Deno.test("run session compact warns when the only other copy of what goes is not there", () =>
  onStage(async (stage) => {
    await begin(stage);
    await Deno.remove(stage.path("cp/one.zip"));
    const { code, json } = await session(stage, "compact", "--dry-run");
    assert.deepEqual([code, json.compaction.events_after, json.warnings.length], [0, 1, 1]);
    await session(stage, "compact");
    assert.equal((await session(stage, "compact")).json.warnings, undefined, "nothing goes any more");
  }));

Deno.test("run session status warns of a header of another kind", () =>
  onStage(async (stage) => {
    await begin(stage);
    const journal = await stage.read("s.jsonl");
    const [header] = journal.split("\n");
    await stage.write("t.jsonl", header!.replace("session_journal", "other_journal") + "\n");
    const { code, json } = await stage.gait`run session status --journal t.jsonl --json`;
    assert.deepEqual([code, json.warnings.length], [0, 1]);
    assert.equal((await session(stage, "status")).json.warnings, undefined);
  }));

Deno.test("a journal whose header is of another kind is shown, and nothing is appended, sealed or compacted", () =>
  onStage(async (stage) => {
    await begin(stage);
    const [header] = (await stage.read("s.jsonl")).split("\n");
    for (const [from, to] of [["session_journal", "other_journal"], ['"1.0.0"', '"2.0.0"']] as const) {
      const journal = header!.replace(from, to) + "\n";
      await stage.write("t.jsonl", journal);
      assert.equal((await stage.gait`run session status --journal t.jsonl`).code, 0);
      for (
        const command of [
          "append --tool t --verdict allow",
          "checkpoint --out t.zip",
          "compact",
          "chain",
        ]
      ) {
        const { code, json } = await stage.gait(
          ...`run session ${command} --journal t.jsonl --json`.split(" "),
        );
        assert.deepEqual([code, json.error_detail], [6, "journal_other_kind"], command);
      }
      assert.equal(await stage.read("t.jsonl"), journal);
    }
    // Other programs leave both out, or write a later 1.x.
    const accepted = {
      "u.jsonl": header!.replace(/"schema_id":"[^"]*","schema_version":"[^"]*",/, ""),
      "v.jsonl": header!.replace('"1.0.0"', '"1.4.0"'),
    };
    for (const [name, text] of Object.entries(accepted)) {
      await stage.write(name, text + "\n");
      assert.equal((await stage.gait`run session append --journal ${name} --tool t --verdict allow`).code, 0);
    }
  }));

Deno.test("run session append warns of a digest that is none", () =>
  onStage(async (stage) => {
    await start(stage);
    const { code, json } = await append(stage, "--intent-digest", "abc");
    assert.deepEqual([code, json.event.intent_digest, json.warnings.length], [0, "abc", 1]);
  }));

Deno.test("run session append loses nothing with 8 processes at the same time, and keeps the order", () =>
  onStage(async (stage) => {
    await start(stage);
    const env = { GAIT_SESSION_LOCK_TIMEOUT: "30s", GAIT_SESSION_LOCK_RETRY: "5ms" };
    const one = argv`run session append ${J} --tool t --verdict allow`;
    const results = await Promise.all(
      Array.from({ length: 8 }, async () => [
        await stage.gaitWith({ env }, ...one),
        await stage.gaitWith({ env }, ...one),
        await stage.gaitWith({ env }, ...one),
      ]),
    );
    const mine = results.map((three) => three.map(({ json }) => json.event.sequence));
    for (const three of mine) assert.deepEqual(three, [...three].sort((a, b) => a - b));
    assert.deepEqual(mine.flat().sort((a, b) => a - b), Array.from({ length: 24 }, (_, i) => i + 1));
    const { json } = await session(stage, "status");
    assert.deepEqual([json.status.event_count, json.status.last_sequence], [24, 24]);
  }));
