/**
 * What runs in this process in Node and Bun: the gate where no executable is named, and sessions. They share policies,
 * counters, traces and journals with the executable, whose part is checked too.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as gait from "@gait/gait";
import {
  context,
  DEADLINE,
  fails,
  inFolder,
  noChildStays,
  refused,
  soon,
  until,
} from "./fakes.mjs";

const {
  generateKey,
  mintSayToken,
  openGate,
  openSession,
  parsePublicKey,
  verifySayToken,
  verifyTrace,
} = gait;
const GAIT = process.env.GAIT_BIN;
delete process.env.GAIT_BIN; // whoever names an executable gets that one
const POLICY = `default_verdict: block
rules:
  - {name: read, effect: allow, match: {tool_names: [read_file]}}
  - {name: write, effect: require_approval, match: {tool_names: [write_file]}}
  - {name: refund, effect: allow, match: {tool_names: [voice.commitment.refund]}}
  - {name: counted, effect: allow, match: {tool_names: [counted]}, rate_limit: {requests: 3, window: hour, scope: tool}}
`;
const intentOf = (tool_name, args = {}) => ({ tool_name, args, context });
const lines = (text) =>
  text.split("\n").filter((line) => line !== "").map((line) =>
    JSON.parse(line)
  );

/** Run a test in a folder, which is the working folder, with a policy and keys. */
const onStage = (test) =>
  inFolder(async (folder) => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      writeFileSync("policy.yaml", POLICY);
      execFileSync(GAIT, ["keys", "init", "--out-dir", "k"], {
        stdio: "ignore",
      });
      const key = await parsePublicKey(
        readFileSync("k/gait_public.key", "utf8"),
      );
      const options = {
        policy: "policy.yaml",
        traceDir: "traces",
        privateKey: "k/gait_private.key",
      };
      await test({ folder, key, options, before });
    } finally {
      process.chdir(before);
    }
    await noChildStays();
  });

/** What the executable decides, with the same counters and traces. */
function stream(...intents) {
  const args = [
    "gate",
    "stream",
    "--policy",
    "policy.yaml",
    "--trace-dir",
    "traces",
  ];
  const keys = ["--key-mode", "prod", "--private-key", "k/gait_private.key"];
  const input = intents.map((intent) => JSON.stringify({ intent }) + "\n").join(
    "",
  );
  return lines(
    spawnSync(GAIT, [...args, ...keys], { input, encoding: "utf8" }).stdout,
  );
}

test("every export of mod.ts is an export of the package", () => {
  const text = readFileSync(join(process.env.GAIT_ROOT, "mod.ts"), "utf8");
  const names = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap((
    [, list],
  ) => list.split(","))
    .map((name) => name.trim()).filter((name) =>
      name !== "" && !name.startsWith("type ")
    );
  assert.ok(names.length > 30);
  assert.deepEqual(names.filter((name) => !(name in gait)), []);
});

test("another working folder is no other policy, and starts no counter anew", () =>
  onStage(async ({ folder, options }) => {
    const [first, late] = [
      openGate(options),
      openGate({ policy: "policy.yaml" }),
    ];
    const allowed = [];
    for (let n = 0; n < 6; n++) {
      if (n === 2) {
        mkdirSync("elsewhere");
        writeFileSync("elsewhere/policy.yaml", "default_verdict: allow\n");
        process.chdir("elsewhere");
      }
      const gate = n % 2 === 0 ? first : late;
      if ((await gate.decide(intentOf("counted", { n }))).verdict === "allow") {
        allowed.push(n);
      }
      assert.equal(
        (await gate.decide(intentOf("burn", { n }))).verdict,
        "block",
      );
    }
    await Promise.all([first.close(), late.close()]);
    assert.deepEqual(allowed, [0, 1, 2]);
    assert.deepEqual(readdirSync("."), ["policy.yaml"]);
    process.chdir(folder);
  }));

test("a process that is started again decides by the policy of the folder that the gate was opened in", () =>
  onStage(async ({ folder }) => {
    const gate = openGate({ policy: "policy.yaml", gaitBin: GAIT });
    mkdirSync("elsewhere");
    writeFileSync("elsewhere/policy.yaml", "default_verdict: allow\n");
    process.chdir("elsewhere");
    assert.equal((await gate.decide(intentOf("burn"))).verdict, "block");
    await gate.close();
    process.chdir(folder);
  }));

test("the decisions, digests and traces are those of the executable", () =>
  onStage(async ({ key, options }) => {
    const gate = openGate(options);
    assert.equal(gate.where, "this process");
    const intents = ["read_file", "write_file", "burn"].map((name) =>
      intentOf(name, { n: 1 })
    );
    const here = await Promise.all(
      intents.map((intent) => gate.decide(intent)),
    );
    await gate.close();
    for (const [n, there] of stream(...intents).entries()) {
      const {
        verdict,
        reasonCodes,
        intentDigest,
        policyDigest,
        traceId,
        exitCode,
      } = here[n];
      assert.deepEqual(
        [verdict, reasonCodes, intentDigest, policyDigest, traceId, exitCode],
        [
          there.verdict,
          there.reason_codes,
          there.intent_digest,
          there.policy_digest,
          there.trace_id,
          there.exit_code,
        ],
      );
      const report = await verifyTrace(readFileSync(here[n].tracePath), {
        source: "flag",
        key,
      });
      assert.ok(report.ok, report.error);
    }
    assert.equal(here[1].requiredScope[0], "tool:write_file");
    assert.equal(
      readdirSync("traces").filter((name) => name.startsWith("trace_")).length,
      6,
    );
    assert.deepEqual(readdirSync("traces/.journal"), []);
    await assert.rejects(gate.decide(intents[0]), fails("closed"));
  }));

test("counters are shared with the executable, and exact", () =>
  onStage(async ({ options }) => {
    const gate = openGate(options);
    const here = await Promise.all(
      [1, 2].map(() => gate.decide(intentOf("counted"))),
    );
    assert.deepEqual(here.map(({ verdict }) => verdict), ["allow", "allow"]);
    assert.deepEqual(
      stream(intentOf("counted"), intentOf("counted")).map(({ verdict }) =>
        verdict
      ),
      [
        "allow",
        "block",
      ],
    );
    assert.equal((await gate.decide(intentOf("counted"))).verdict, "block");
    await gate.close();
    assert.deepEqual(
      readdirSync(".gait-out").filter((name) => /lock|tmp|taking/.test(name)),
      [],
    );
  }));

test("a policy that changes counts from the next call on; one that is missing or wrong refuses every call", () =>
  onStage(async ({ options }) => {
    const gate = openGate({ ...options, policy: "later.yaml" });
    assert.equal((await refused(gate, undefined)).code, "invalid_input");
    writeFileSync("later.yaml", POLICY);
    assert.equal((await gate.decide(intentOf("read_file"))).verdict, "allow");
    writeFileSync("later.yaml", "default_verdict: block\nrules: []\n");
    assert.equal((await gate.decide(intentOf("read_file"))).verdict, "block");
    writeFileSync("later.yaml", "default_verdict: alow\n");
    await refused(gate, undefined);
    unlinkSync("later.yaml");
    await refused(gate, undefined);
    await gate.close();
    const expecting = openGate({
      ...options,
      expectPolicyDigest: "0".repeat(64),
    });
    assert.equal(
      (await refused(expecting, undefined)).code,
      "verification_failed",
    );
    await expecting.close();
  }));

test("a polluted Object.prototype decides nothing: neither a gate in this process nor another one is asked", () =>
  onStage(async ({ options }) => {
    const open = openGate(options);
    await open.decide(intentOf("burn"));
    const child = openGate({ ...options, gaitBin: GAIT });
    assert.equal((await child.decide(intentOf("burn"))).verdict, "block");
    for (
      const [name, value] of [["simulate", true], ["verdict", "allow"], [
        "gaitBin",
        "/bin/true",
      ]]
    ) {
      Object.prototype[name] = value;
      try {
        assert.throws(() => openGate(options), fails("prototype_polluted"));
        for (const gate of [open, child]) {
          await assert.rejects(
            gate.decide(intentOf("burn")),
            fails("prototype_polluted"),
          );
        }
      } finally {
        delete Object.prototype[name];
      }
    }
    for (const gate of [open, child]) {
      assert.equal((await gate.decide(intentOf("burn"))).verdict, "block");
      await gate.close();
    }
  }));

test("a disk that is full: nothing is executed, and half a trace stands nowhere", (t) =>
  onStage(async ({ options, key }) => {
    mkdirSync("full");
    if (
      spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", "full"])
        .status !== 0
    ) {
      return t.skip?.("no file system can be mounted here");
    }
    try {
      const gate = openGate({ ...options, traceDir: "full/traces" });
      let error;
      for (let n = 0; n < 200 && error === undefined; n++) {
        error = await gate.decide(intentOf("read_file", { n })).then(
          () => undefined,
          (reason) => reason,
        );
      }
      assert.equal(error?.code, "io_failure", String(error));
      assert.equal((await refused(gate, error.detail)).code, "io_failure");
      for (
        const name of readdirSync("full/traces").filter((name) =>
          name.startsWith("trace_")
        )
      ) {
        assert.ok(
          (await verifyTrace(readFileSync(`full/traces/${name}`), {
            source: "flag",
            key,
          })).ok,
        );
      }
      await gate.close().catch(() => {});
    } finally {
      assert.equal(spawnSync("umount", ["-l", "full"]).status, 0);
    }
  }));

test("a call whose deadline passes fails: here the counters are locked by somebody else", () =>
  onStage(async ({ options }) => {
    const gate = openGate({ ...options, timeout: 300 });
    assert.equal(
      (await gate.decide(intentOf("counted"), { timeout: DEADLINE })).verdict,
      "allow",
    );
    // With the marker of the executable: nobody sees here whether its owner lives.
    writeFileSync(".gait-out/gate_rate_limits.json.lock", "gait-ts\n");
    await assert.rejects(
      soon(gate.decide(intentOf("counted"))),
      fails("timeout"),
    );
    unlinkSync(".gait-out/gate_rate_limits.json.lock");
    await gate.close();
  }));

const COUNTERS = ".gait-out/gate_rate_limits.json";
const LOCK = `${COUNTERS}.lock`;

/** This process, as what belongs to it names it. */
function ownerHere() {
  const [journal] = readdirSync("traces/.journal");
  const [, owner, id, start, scope] = /\.jsonl\.(([0-9]+)-([0-9]+)-(.+))\.node$/
    .exec(journal);
  assert.equal(id, String(process.pid));
  assert.ok(start !== "0" || process.platform !== "linux");
  return { owner, start, scope };
}

test("the lock of a process of Node that is gone is taken over, that of a living one is not", () =>
  onStage(async ({ options }) => {
    const gate = openGate(options);
    assert.equal((await gate.decide(intentOf("counted"))).verdict, "allow");
    const { owner, start, scope } = ownerHere();
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const gone = [`${pid}-${start}-${scope}`];
    // Another process has the id now.
    if (start !== "0") {
      gone.push(`${process.pid}-${Number(start) - 1}-${scope}`);
    }
    for (const left of gone) {
      writeFileSync(LOCK, `gait-node ${left}\n`);
      assert.equal((await gate.decide(intentOf("counted"))).verdict, "allow");
      assert.ok(!existsSync(LOCK));
    }
    // Of another namespace of processes, where the id says nothing, however much the name of the host is this one.
    for (
      const held of [owner, `${pid}-${start}-${scope}1`, `${pid} ${hostname()}`]
    ) {
      writeFileSync(LOCK, `gait-node ${held}\n`);
      await assert.rejects(
        gate.decide(intentOf("counted"), { timeout: 300 }),
        fails("timeout"),
      );
      assert.ok(existsSync(LOCK));
      unlinkSync(LOCK);
      await gate.decide(intentOf("read_file"));
    }
    await gate.close();
  }));

test("a stale lock of Node is taken over by Node too, one without its marker is not", () =>
  onStage(async ({ options }) => {
    const gate = openGate(options);
    assert.equal((await gate.decide(intentOf("counted"))).verdict, "allow");
    const { start, scope } = ownerHere();
    const created_at = new Date(Date.now() - 60_000).toISOString();
    const leave = (holder) =>
      writeFileSync(LOCK, JSON.stringify({ created_at, holder }));
    leave(`gait-node 1-${start}-${scope}1`);
    assert.equal((await gate.decide(intentOf("counted"))).verdict, "allow");
    leave("gait-ts");
    await assert.rejects(
      gate.decide(intentOf("counted"), { timeout: 300 }),
      fails("timeout"),
    );
    assert.ok(existsSync(LOCK));
    await gate.close();
  }));

test("a process that was stopped until its lock was taken over counts nothing over what others counted", () =>
  onStage(async ({ before, options }) => {
    const first = openGate(options);
    await first.decide(intentOf("counted"));
    await first.close();
    const child = program(
      before,
      "stopped",
      `import fs from "node:fs";
const random = crypto.getRandomValues.bind(crypto);
// It names the file of the new counters, which are not in their place then.
crypto.getRandomValues = (bytes) => {
  if (fs.existsSync(${JSON.stringify(LOCK)})) {
    fs.writeFileSync("stopped", "");
    while (!fs.existsSync("go")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
  return random(bytes);
};
const { openGate } = await import("@gait/gait");
const gate = openGate(${JSON.stringify(options)});
const outcome = await gate.decide(${JSON.stringify(intentOf("counted"))})
  .then(({ verdict }) => verdict, ({ code }) => code);
fs.writeSync(1, outcome);`,
    );
    let said = "";
    child.stdout.on("data", (piece) => said += piece);
    await until(
      () => existsSync("stopped"),
      "the process in the middle of counting",
    );
    assert.ok(existsSync(LOCK));
    // An executable finds the lock stale, and counts two calls.
    const lock = JSON.parse(readFileSync(LOCK, "utf8"));
    writeFileSync(
      LOCK,
      JSON.stringify({ ...lock, created_at: "2001-01-01T00:00:00Z" }),
    );
    const verdicts = stream(intentOf("counted"), intentOf("counted")).map((
      { verdict },
    ) => verdict);
    assert.deepEqual(verdicts, ["allow", "allow"]);
    const counted = readFileSync(COUNTERS);
    writeFileSync("go", "");
    await soon(new Promise((resolve) => child.once("close", resolve)));
    assert.equal(said, "internal_failure");
    assert.deepEqual(readFileSync(COUNTERS), counted);
    assert.equal(stream(intentOf("counted"))[0].verdict, "block");
  }));

/** Start a program beside the tests, where the package is found. */
function program(before, name, text) {
  const path = join(before, `${name}-${process.pid}.mjs`);
  writeFileSync(
    path,
    `import { unlinkSync } from "node:fs";\nunlinkSync(new URL(import.meta.url));\n${text}`,
  );
  return spawn(process.execPath, [path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}

test("a process that is killed: the next gate restores what a crash of the machine lost, and no tool ran", () =>
  onStage(async ({ before, options, key }) => {
    const child = program(
      before,
      "killed",
      `import { guardTool, openGate } from "@gait/gait";
import { writeFileSync } from "node:fs";
const gate = openGate(${JSON.stringify(options)});
for (let n = 0; n < 3; n++) await gate.decide(${
        JSON.stringify(intentOf("read_file"))
      });
const burn = guardTool(gate, { name: "burn", context: ${
        JSON.stringify(context)
      } }, () => writeFileSync("ran", ""));
for (let n = 0; n < 20; n++) burn({ n }).catch(() => {});
process.kill(process.pid, "SIGKILL");`,
    );
    await soon(new Promise((resolve) => child.once("close", resolve)));
    assert.ok(!existsSync("ran"));
    const [journal] = readdirSync("traces/.journal");
    assert.match(journal, /\.jsonl\.\d+-\d+-.*\.node$/);
    // An executable leaves it alone.
    stream();
    assert.deepEqual(readdirSync("traces/.journal"), [journal]);
    const [lost] = readdirSync("traces").filter((name) =>
      name.startsWith("trace_")
    );
    const bytes = readFileSync(`traces/${lost}`);
    unlinkSync(`traces/${lost}`);
    const gate = openGate(options);
    await gate.decide(intentOf("write_file"));
    await gate.close();
    assert.deepEqual(readFileSync(`traces/${lost}`), bytes);
    assert.ok((await verifyTrace(bytes, { source: "flag", key })).ok);
    assert.deepEqual(readdirSync("traces/.journal"), []);
  }));

test("a folder of journals that is a link is refused, and nothing behind it is touched", () =>
  onStage(async ({ options }) => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const name = `0011.jsonl.${pid}-${
      hostname().replace(/[^\w.-]/g, "_")
    }.node`;
    mkdirSync("traces");
    mkdirSync("elsewhere");
    writeFileSync(`elsewhere/${name}`, "");
    symlinkSync("../elsewhere", "traces/.journal");
    const gate = openGate(options);
    assert.equal((await refused(gate, undefined)).code, "unsafe_operation");
    await gate.close();
    assert.deepEqual(readdirSync("elsewhere"), [name]);
  }));

test("a process that exits with calls in flight ends, and no tool runs", () =>
  onStage(async ({ before, options }) => {
    const child = program(
      before,
      "exits",
      `import { guardTool, openGate } from "@gait/gait";
import { writeFileSync } from "node:fs";
const gate = openGate(${JSON.stringify(options)});
const read = guardTool(gate, { name: "read_file", context: ${
        JSON.stringify(context)
      } }, () => writeFileSync("ran", ""));
for (let n = 0; n < 20; n++) read({ n }).catch(() => {});
process.exit(3);`,
    );
    assert.equal(
      await soon(new Promise((resolve) => child.once("close", resolve))),
      3,
    );
    assert.ok(!existsSync("ran"));
  }));

test("logs become runs, runs become packs that verify, and two runs are compared", () =>
  onStage(async ({ key }) => {
    const log = (name) =>
      JSON.stringify([
        {
          role: "assistant",
          tool_calls: [{
            id: "c1",
            type: "function",
            function: { name, arguments: "{}" },
          }],
        },
        { role: "tool", tool_call_id: "c1", content: "3 lines" },
      ]);
    const [left, right] = await Promise.all(
      ["fs.read", "fs.write"].map(async (name) => {
        const { runs: [{ bytes }] } = await gait.importRun(log(name));
        const own = await generateKey();
        const pack = await gait.buildPack(bytes, { key: own });
        for (const [trusted, ok] of [[own.public, true], [key, false]]) {
          assert.equal(
            (await gait.verifyPack(pack.bytes, {
              trusted: { source: "flag", key: trusted },
              requireSignature: true,
            })).ok,
            ok,
          );
        }
        return await gait.readRunpack(bytes);
      }),
    );
    assert.equal(gait.isChanged(gait.diffRunpacks(left, right, "full")), true);
    assert.equal(gait.isChanged(gait.diffRunpacks(left, left, "full")), false);
    const other = {
      ...right,
      manifest: { ...right.manifest, files: right.manifest.files.slice(1) },
    };
    assert.equal(
      gait.diffRunpacks(left, other, "metadata").files_changed.length,
      1,
    );
  }));

test("a session in this process: the executable goes on with it, and its chain verifies", () =>
  onStage(async () => {
    const ids = { sessionId: "shift", runId: "run_1" };
    const session = await openSession({ journal: "shift.jsonl", ...ids });
    assert.equal(
      (await session.append({ toolName: "a", verdict: "allow" })).sequence,
      1,
    );
    execFileSync(GAIT, [
      "run",
      "session",
      "append",
      "--journal",
      "shift.jsonl",
      "--tool",
      "b",
      "--verdict",
      "block",
    ], {
      stdio: "ignore",
    });
    const appended = await Promise.all(
      [3, 4, 5].map((n) =>
        session.append({ toolName: `${n}`, verdict: "allow" })
      ),
    );
    assert.deepEqual(appended.map(({ sequence }) => sequence).sort(), [
      3,
      4,
      5,
    ]);
    const { chainPath } = await session.checkpoint({
      out: "part.zip",
      key: await generateKey(),
    });
    assert.equal(
      spawnSync(GAIT, ["verify", "session-chain", chainPath]).status,
      0,
    );
    const again = await openSession({ journal: "shift.jsonl", ...ids });
    assert.equal(
      (await again.append({ toolName: "c", verdict: "allow" })).sequence,
      6,
    );
    await assert.rejects(
      openSession({ journal: "shift.jsonl", ...ids, runId: "other" }),
      fails(),
    );
    assert.deepEqual(
      readdirSync(".").filter((name) => /\.lock|\.tmp-/.test(name)),
      [],
    );
  }));

test("a say-token counts once", () =>
  onStage(async ({ options }) => {
    const gate = openGate(options);
    const about = {
      call_id: "call_12",
      turn_index: 4,
      call_seq: 3,
      commitment_class: "refund",
    };
    const amount = { currency: "EUR", refund_ceiling_cents: 5000 };
    const commitment = {
      created_at: "2026-03-02T09:00:02Z",
      context,
      ...about,
      ...amount,
    };
    const key = await generateKey();
    const { sayToken } = await mintSayToken(gate, commitment, { key });
    await gate.close();
    const wanted = {
      callId: "call_12",
      turnIndex: 4,
      callSeq: 3,
      commitmentClass: "refund",
      currency: "EUR",
    };
    const verify = () =>
      verifySayToken(sayToken.bytes, {
        key: key.public,
        ...wanted,
        amountCents: 5000,
        ledger: "used",
      });
    const reports = await Promise.all([verify(), verify(), verify()]);
    assert.equal(reports.filter(({ ok }) => ok).length, 1);
    await until(() => existsSync("used"), "the ledger");
  }));

test("the package exports what its declarations name, and nothing of its inside", () => {
  const declared = readFileSync(
    new URL("./types/main.d.ts", import.meta.resolve("@gait/gait")),
    "utf8",
  );
  const exported = [...declared.matchAll(/^export \{([^}]*)\}/gm)].flatMap((
    [, names],
  ) => names.split(","))
    .map((name) => name.trim().replace(/^.* as /, ""));
  const inside = Object.keys(gait).filter((name) => !exported.includes(name));
  assert.deepEqual([inside, Object.keys(gait).length > 30], [[], true]);
});

test("an error about an option names the option that openGate has, and the unit of a timeout", () =>
  inFolder(async (folder) => {
    const policy = join(folder, "policy.yaml");
    writeFileSync(policy, POLICY);
    const failing = async (options, words) => {
      const gate = openGate({
        policy,
        traceDir: join(folder, "traces"),
        ...options,
      });
      await assert.rejects(
        gate.decide(intentOf("read_file")),
        (error) => words.test(error.hint ?? ""),
      );
      await gate.close();
    };
    await failing({ keyMode: "prod" }, /^Give privateKey or /);
    await failing({ timeout: 0.001 }, /milliseconds/);
    await failing({ expectPolicyDigest: "0".repeat(64) }, /expectPolicyDigest/);
  }));
