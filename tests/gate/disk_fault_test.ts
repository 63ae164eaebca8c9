/**
 * A disk that fails under the gate (docs/threat_model.md 20 to 23): no allow without its durable trace, no count that is
 * lost, no file that is half written.
 */
import assert from "node:assert/strict";
import evalCommand from "../../lib/commands/gate/eval.ts";
import approveCommand from "../../lib/commands/approve_script.ts";
import fmtCommand from "../../lib/commands/policy/fmt.ts";
import initCommand from "../../lib/commands/init.ts";
import type { AnyCommand } from "../../lib/commands/define.ts";
import type { Outcome } from "../../lib/commands/outcome.ts";
import { parseArguments } from "../../lib/cli/parse.ts";
import { makeFiles } from "../../lib/effects/files.ts";
import type { Files } from "../../lib/effects/mod.ts";
import { systemEffects } from "../../lib/effects/system.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { readRegistry } from "../../lib/gate/script/registry.ts";
import { argv } from "../support/argv.ts";
import { failingDisk, type Failure } from "../support/failing_disk.ts";
import { onStage, type Stage } from "../support/gait.ts";

const CONTEXT = { identity: "i", workspace: "/w", risk_class: "low" };
const POLICY = "rules: [{name: r, effect: allow, rate_limit: {requests: 2, window: hour, scope: tool}}]\n";

/** Run a command in this process over a disk of which the n-th call fails; `undefined` when it did not get so far. */
async function runOn(
  command: AnyCommand,
  args: readonly string[],
  n: number,
  failure: Failure,
  dead: boolean,
  folder: string,
): Promise<Outcome | GaitError | undefined> {
  const { disk, calls } = failingDisk(n, failure, dead);
  const effects = { ...systemEffects(), files: filesIn(folder, makeFiles(disk)) };
  const call = {
    ...parseArguments(command, args),
    effects,
    version: "0",
    correlationId: () => Promise.resolve("c"),
    narrow: () => {},
  };
  const outcome = await command.run(call as never).catch((error) => {
    if (error instanceof GaitError) return error;
    throw error;
  });
  return calls() < n ? undefined : outcome;
}

/** Files as a process in a folder has them: the one of this process is the checkout, which `init` would survey each time. */
function filesIn(folder: string, files: Files): Files {
  return new Proxy(files, {
    get: (real, name: keyof Files) => (path: unknown, ...rest: unknown[]) => {
      const below = typeof path === "string" && !path.startsWith("/") ? `${folder}/${path}` : path;
      return (real[name] as (...args: unknown[]) => unknown)(below, ...rest);
    },
  });
}

/** Make every call of the disk fail in every way, one after the other, each in a fresh folder. */
async function withEachFailure(
  command: AnyCommand,
  args: (stage: Stage) => readonly string[],
  prepare: (stage: Stage) => Promise<void>,
  check: (stage: Stage, outcome: Outcome | GaitError, failure: string) => Promise<void>,
): Promise<void> {
  let failures = 0;
  for (const failure of ["before", "after", "half"] as const) {
    for (const dead of [false, true]) {
      let more = true;
      for (let n = 1; more; n++) {
        await onStage(async (stage) => {
          await prepare(stage);
          const outcome = await runOn(command, args(stage), n, failure, dead, stage.folder);
          if (outcome === undefined) return void (more = false);
          failures++;
          await check(stage, outcome, `call ${n} fails ${failure}${dead ? ", and all later ones" : ""}`);
        });
      }
    }
  }
  assert.ok(failures >= 20, `${failures} failures were tried`);
}

/** Whether a command came to something good. */
const succeeded = (outcome: Outcome | GaitError): outcome is Outcome =>
  !(outcome instanceof GaitError) && outcome.exit === 0 && outcome.json.ok === true;

async function textOf(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}

Deno.test("items 21 and 22: gate eval allows nothing unless trace and count are on the disk, whichever call of it fails", async () => {
  let allowed = 0;
  await withEachFailure(
    evalCommand,
    ({ path }) => [
      ...["--policy", path("p.yaml"), "--intent", path("i.json"), "--no-config"],
      ...["--trace-out", path("out/t.json"), "--rate-limit-state", path("state/s.json")],
    ],
    async ({ write }) => {
      await write("p.yaml", POLICY);
      await write("i.json", JSON.stringify({ tool_name: "t", context: CONTEXT }));
    },
    async ({ path }, outcome, failure) => {
      const trace = await textOf(path("out/t.json"));
      const state = await textOf(path("state/s.json"));
      // Old or new, never a part.
      if (trace !== undefined) assert.equal(JSON.parse(trace).verdict, "allow", failure);
      if (state !== undefined) assert.equal(JSON.parse(state).counters[0].count, 1, failure);
      if (succeeded(outcome)) {
        allowed++;
        assert.ok(trace !== undefined && state !== undefined, `allowed although ${failure}`);
      } else {
        assert.ok(outcome instanceof GaitError, failure);
        assert.ok(["io_failure", "internal_failure"].includes(outcome.code), `${failure}: ${outcome.code}`);
      }
    },
  );
  // Only what is of no consequence may fail unseen, such as to remove a lock file that is done with.
  assert.ok(allowed <= 12, `${allowed} allowed`);
});

/** Files of which the n-th call fails, to look, to read, to lock or to write. */
function failingFiles(n: number): { files: Files; calls: { name: string; path: unknown }[] } {
  const calls: { name: string; path: unknown }[] = [];
  const files = new Proxy(makeFiles(), {
    get: (real, name: keyof Files) => (...args: unknown[]) => {
      calls.push({ name, path: args[0] });
      const failed = new GaitError("io_failure", "input/output error");
      return calls.length === n
        ? Promise.reject(failed)
        : (real[name] as (...args: unknown[]) => unknown)(...args);
    },
  });
  return { files, calls };
}

Deno.test("items 18 and 22: gate eval allows nothing when any of its looks, reads, locks or writes fails", async () => {
  const seen = new Set<string>();
  let more = true;
  for (let n = 1; more; n++) {
    await onStage(async ({ write, path, gait, files: below }) => {
      await write("p.yaml", POLICY);
      await write("i.json", JSON.stringify({ tool_name: "t", context: CONTEXT }));
      await write("inventory.json", '[{"tool_name": "t", "data_class": "public"}]');
      await write("r.json", '{"entries": []}');
      await write("envelope.json", '{"context_set_id": "c", "records": []}');
      await write("config.yaml", "gate: {profile: standard}\n");
      await gait`keys init --out-dir k`;
      const { files, calls } = failingFiles(n);
      const args = [
        ...["--policy", path("p.yaml"), "--intent", path("i.json"), "--config", path("config.yaml")],
        ...["--trace-out", path("out/t.json"), "--rate-limit-state", path("state/s.json")],
        ...["--context-envelope", path("envelope.json"), "--wrkr-inventory", path("inventory.json")],
        ...["--key-mode", "prod", "--private-key", path("k/gait_private.key")],
        ...[
          "--approved-script-registry",
          path("r.json"),
          "--approved-script-public-key",
          path("k/gait_public.key"),
        ],
      ];
      const call = {
        ...parseArguments(evalCommand, args),
        effects: { ...systemEffects(), files },
        version: "0",
      };
      const outcome = await evalCommand.run(
        { ...call, correlationId: () => Promise.resolve("c"), narrow: () => {} } as never,
      )
        .catch((error) => error as unknown);
      if (calls.length < n) {
        more = false;
        assert.ok(
          !(outcome instanceof Error) && succeeded(outcome as Outcome),
          "without a failure it is allowed",
        );
        return;
      }
      const { name, path: failed } = calls[n - 1]!;
      seen.add(name);
      if (name !== "realPath" && (failed === path("r.json") || failed === path("inventory.json"))) {
        // A call of low risk may do without these facts, but it says so.
        assert.ok(((outcome as Outcome).json.warnings as string[]).length > 0, `${name} ${failed}`);
        return;
      }
      assert.ok(outcome instanceof GaitError, `${name} ${failed}`);
      assert.ok(!(await below()).includes("out/t.json"), "a trace of what was not decided");
    });
  }
  for (const name of ["stat", "read", "realPath", "withLock", "writeAtomic", "makeFolder"]) {
    assert.ok(seen.has(name), name);
  }
});

for (const [what, content] of [["a file", "x"], ["a folder", undefined]] as const) {
  Deno.test(`item 22: no allow when ${what} stands where the trace, the state or a folder of them should be`, () =>
    onStage(async ({ gait, write, path }) => {
      await write("p.yaml", POLICY);
      await write("i.json", JSON.stringify({ tool_name: "t", context: CONTEXT }));
      if (content === undefined) {
        await Deno.mkdir(path("taken/inside"), { recursive: true });
        await write("taken/inside/file", "");
      } else await write("taken", content);
      const inside = content === undefined ? "taken" : "taken/t.json";
      for (const flag of ["--trace-out", "--rate-limit-state"]) {
        const { code, stdout, json } = await gait`gate eval --policy p.yaml --intent i.json
          ${flag} ${inside} --json`;
        assert.ok(code === 6 || code === 1, stdout);
        assert.deepEqual([json.ok, json.verdict], [false, undefined], flag);
      }
    }));
}

Deno.test("item 22: no allow in a folder that can't be written to", () =>
  onStage(async ({ gaitWith, write }) => {
    await write("p.yaml", "rules: [{name: r, effect: allow}]\n");
    await write("i.json", JSON.stringify({ tool_name: "t", context: CONTEXT }));
    // Not by permissions, which do not hold for root: /proc takes no files from anybody.
    const { code, stdout, json } = await gaitWith(
      {},
      ...argv`gate eval --policy p.yaml --intent i.json --trace-out /proc/gait/t.json --json`,
    );
    assert.ok(code === 6 || code === 1, stdout);
    assert.deepEqual([json.ok, json.verdict], [false, undefined]);
  }));

Deno.test("item 20: a signing key that others can read is reported, one behind a link is refused", () =>
  onStage(async ({ gait, write, path }) => {
    await write("p.yaml", "rules: [{name: r, effect: allow}]\n");
    await write("i.json", JSON.stringify({ tool_name: "t", context: CONTEXT }));
    await gait`keys init --out-dir k`;
    const eval_ = (key: string) =>
      gait`gate eval --policy p.yaml --intent i.json --key-mode prod --private-key ${key} --json`;
    assert.equal((await eval_("k/gait_private.key")).json.warnings, undefined);
    await Deno.chmod(path("k/gait_private.key"), 0o644);
    const open = await eval_("k/gait_private.key");
    assert.deepEqual([open.code, open.json.warnings.length], [0, 1]);
    await Deno.symlink("k/gait_private.key", path("link.key"));
    const linked = await eval_("link.key");
    assert.deepEqual([linked.code, linked.json.ok, linked.json.verdict], [8, false, undefined]);
    const key = (await Deno.readTextFile(path("k/gait_private.key"))).trim();
    assert.ok(!open.stdout.includes(key) && !linked.stdout.includes(key));
    for (const { name } of Deno.readDirSync(path("."))) {
      if (name.startsWith("trace_")) assert.ok(!(await Deno.readTextFile(path(name))).includes(key));
    }
  }));

Deno.test("item 23: a lock that another process holds ends the waiting with exit 1, and nothing is allowed", () =>
  onStage(async ({ gait, write, path, read }) => {
    await write("p.yaml", POLICY);
    await write("i.json", JSON.stringify({ tool_name: "t", context: CONTEXT }));
    const held = JSON.stringify({
      schema_id: "gait.gate.rate_limit_lock",
      pid: 1,
      created_at: new Date().toISOString(),
    });
    await write("s.json.lock", held);
    const { code, json } = await gait`gate eval --policy p.yaml --intent i.json
      --rate-limit-state s.json --json`;
    assert.deepEqual([code, json.ok, json.verdict, json.error_code], [
      1,
      false,
      undefined,
      "internal_failure",
    ]);
    assert.equal(await read("s.json.lock"), held, "it is not ours");
    await assert.rejects(Deno.stat(path("s.json")), Deno.errors.NotFound);
  }));

Deno.test("item 21: policy fmt --write leaves the old policy or the new one, whichever call of the disk fails", async () => {
  const before = "# keep\ndefault_verdict:   block\n";
  let after: string | undefined;
  await withEachFailure(
    fmtCommand,
    ({ path }) => [path("p.yaml"), "--write"],
    async (stage) => {
      await stage.write("p.yaml", before);
      after ??= (await stage.gait`policy fmt p.yaml`).stdout;
    },
    async ({ read }, outcome, failure) => {
      const text = await read("p.yaml");
      assert.ok(text === before || text === after, failure);
      if (succeeded(outcome)) assert.equal(text, after, failure);
    },
  );
});

Deno.test("item 21: approve-script leaves the old registry or the new one, whichever call of the disk fails", async () => {
  const script = { script: { steps: [{ tool_name: "t", args: {} }] }, context: CONTEXT };
  const approve = (path: Stage["path"], id: string) =>
    argv`--policy ${path("p.yaml")}
    --intent ${path("s.json")} --registry ${path("r.json")} --approver dana --pattern-id ${id}`;
  await withEachFailure(
    approveCommand,
    ({ path }) => approve(path, "second"),
    async ({ write, path, folder }) => {
      await write("p.yaml", "");
      await write("s.json", JSON.stringify(script));
      const first = approve(path, "first");
      assert.equal(await runOn(approveCommand, first, 1_000, "before", false, folder), undefined);
    },
    async ({ path }, outcome, failure) => {
      const ids = (await readRegistry(makeFiles(), path("r.json"))).map((entry) => entry.patternId);
      assert.equal(ids[0], "first", failure);
      if (succeeded(outcome)) assert.deepEqual(ids, ["first", "second"], failure);
    },
  );
});

Deno.test("item 21: init leaves a whole policy or none, whichever call fails", async () => {
  await withEachFailure(
    initCommand,
    ({ path }) => ["--out", path("new/p.yaml")],
    ({ write }) => write("agent.py", "@tool\ndef search_docs(): ...\n"),
    async ({ path }, outcome, failure) => {
      const text = await textOf(path("new/p.yaml"));
      if (succeeded(outcome)) assert.ok(text !== undefined, failure);
      if (text === undefined) return;
      await parsePolicy(text, failure);
      assert.ok(text.includes("search_docs"), `${failure}: without what the folder shows`);
    },
  );
});
