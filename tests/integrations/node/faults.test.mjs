/**
 * Bad input for the client, each kind by itself: the tool is not executed, the error says which, nothing hangs beyond the
 * deadline, and no process stays, neither of the gate nor of what was between.
 */
import assert from "node:assert/strict";
import { fork, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openGate } from "@gait/gait";
import {
  ALLOW,
  answering,
  children,
  DEADLINE,
  gone,
  HANGING,
  HANGS,
  HELLO,
  inFolder,
  intent,
  noChildStays,
  pidIn,
  refused,
  soon,
  withProgram,
} from "./fakes.mjs";
import { onStage } from "./stage.mjs";

const GAIT = process.env.GAIT_BIN;
const POLICY =
  "default_verdict: block\nrules: [{name: r, effect: allow, match: {tool_names: [read_file]}}]\n";

/** Open a gate for a test, and see that nothing stays. */
async function withGate(options, test) {
  const gate = openGate({ policy: "p", timeout: DEADLINE, ...options });
  try {
    await test(gate);
  } finally {
    await gate.close();
  }
  await noChildStays();
}

test("the executable is missing, or can't be run, or its folder is missing", () =>
  inFolder(async (folder) => {
    for (const gaitBin of ["no-such-gait", join(folder, "gait"), folder]) {
      await withGate({ gaitBin }, async (gate) => {
        const error = await refused(gate, "not_found");
        assert.equal(error.code, "dependency_missing");
        assert.ok(error.message.includes(`"${gaitBin}"`), error.message);
        await refused(gate, "not_found");
      });
    }
    const cwd = join(folder, "nowhere");
    await withGate({ gaitBin: process.execPath, cwd }, async (gate) => {
      const { message, hint } = await refused(gate, "not_found");
      assert.ok(message.includes(`"${cwd}"`) && !hint.includes("GAIT_BIN"), message);
    });
    const script = join(folder, "script");
    writeFileSync(script, "#!/no/such/interpreter\n");
    chmodSync(script, 0o755);
    await withGate({ gaitBin: script }, async (gate) => {
      await refused(gate, "not_found");
    });
    await withGate({ gaitBin: "a\0b" }, (gate) => refused(gate, "not_found"));
  }));

test("the executable is too old: it does not know the command, and says so in either place", async () => {
  const words = 'unknown command \\"gate stream\\"\\n';
  await withProgram(`process.stderr.write("${words}"); process.exitCode = 6;`, async (gate) => {
    const { message, hint } = await refused(gate, "start_failed");
    assert.ok(message.includes("unknown command") && message.includes("ended with 6"), message);
    assert.ok(hint.includes("too old"), hint);
  });
  await withProgram(
    `process.stdout.write("${words}"); process.exitCode = 6;`,
    (gate) => refused(gate, "garbage"),
  );
});

test("the real executable refuses its options", () =>
  inFolder((folder) => {
    writeFileSync(join(folder, "p.yaml"), POLICY);
    const flags = { "no-such-flag": true };
    return withGate(
      { gaitBin: GAIT, policy: "p.yaml", cwd: folder, flags, timeout: DEADLINE },
      async (gate) => {
        const { message } = await refused(gate, "start_failed");
        assert.ok(message.includes("no-such-flag"), message);
      },
    );
  }));

test("what the executable says comes without control characters", () =>
  withProgram('process.stderr.write("\\x1b[2Jgone\\n"); process.exitCode = 1;', async (gate) => {
    const { message } = await refused(gate, "start_failed");
    assert.ok(!message.includes("\x1b"), message);
  }));

test("killed in the middle: all calls that wait fail, and the next one gets a new gate", () =>
  withProgram(
    answering([HELLO, ""]).replace(
      "let n = 0;",
      'let n = 0; const kill = () => process.kill(process.pid, "SIGKILL");',
    )
      .replace('if (answer !== "")', 'if (n === 6) kill();\n  if (answer !== "")'),
    async (gate) => {
      for (let round = 0; round < 2; round++) {
        const errors = await Promise.all(Array.from({ length: 5 }, () => refused(gate, "died")));
        assert.ok(errors.every(({ message }) => message.includes("SIGKILL")));
      }
    },
  ));

test("the real gate is killed while calls wait, and a new one decides what comes then", (t) =>
  onStage(async ({ gate }) => {
    assert.equal((await gate.decide(intent)).verdict, "allow");
    const [pid] = children();
    if (pid === undefined) return t.skip?.("the system does not say which children there are");
    process.kill(-pid, "SIGKILL");
    const answers = await Promise.allSettled(Array.from({ length: 3 }, () => gate.decide(intent)));
    assert.ok(answers.every(({ reason, value }) => value?.verdict === "allow" || reason.detail === "died"));
    assert.equal((await gate.decide(intent)).verdict, "allow");
    await gone(pid);
  }));

test("hanging: after the deadline the process is gone, although it ignores the end of its input and every signal that it can", () =>
  withProgram(HANGS, async (gate, folder) => {
    await refused(gate, "timeout");
    await gone(await pidIn(folder));
  }, { timeout: HANGING }));

test("hanging without reading: calls larger than any pipe fail at their deadline", () =>
  withProgram(
    `process.stdout.write(${JSON.stringify(HELLO)} + "\\n"); setInterval(() => {}, 60_000);`,
    async (gate) => {
      const calls = Array.from({ length: 4 }, (_, n) =>
        gate.decide({ ...intent, args: { n, text: "x".repeat(500_000) } }, { timeout: 500 })
          .then(() =>
            assert.fail("it was decided"), ({ detail }) => detail));
      assert.deepEqual(await soon(Promise.all(calls)), Array(4).fill("timeout"));
    },
  ));

test("each call has its own deadline, also while the gate is being started", () =>
  withProgram("setInterval(() => {}, 60_000);", async (gate) => {
    const patient = gate.decide(intent, { timeout: 10 * DEADLINE }).catch(({ detail }) => detail);
    const brief = gate.decide(intent, { timeout: 200 }).catch(({ detail }) => detail);
    assert.equal(await soon(brief), "timeout");
    // The gate answered nothing to anybody, so it is ended, and with it everybody's call.
    assert.equal(await soon(patient), "timeout");
  }));

test("closing does not wait for a gate that never answered", () =>
  withProgram("setInterval(() => {}, 60_000);", async (gate) => {
    const waiting = gate.decide(intent, { timeout: 10 * DEADLINE }).catch(({ detail }) => detail);
    await soon(gate.close());
    assert.equal(await waiting, "closed");
  }));

test("garbage: an echo, text without an end, and answers cut anywhere", async () => {
  await withProgram("process.stdin.pipe(process.stdout);", (gate) => refused(gate, "garbage"));
  const endless = 'setInterval(() => process.stdout.write("x".repeat(1 << 16)), 1); process.stdin.resume();';
  await withProgram(endless, (gate) => refused(gate, "garbage"), { timeout: DEADLINE });
  const cut = answering([HELLO, ALLOW]).replace(
    /process\.stdout\.write\((.*)\);/,
    "for (const one of $1) process.stdout.write(one);",
  );
  await withProgram(cut, async (gate) => {
    for (let n = 0; n < 3; n++) assert.equal((await gate.decide(intent)).verdict, "allow");
  });
});

test("much on standard error does not stop the gate", () =>
  withProgram(
    `process.stderr.write("x".repeat(1 << 20));\n${answering([HELLO, ALLOW])}`,
    async (gate) => assert.equal((await soon(gate.decide(intent))).verdict, "allow"),
  ));

test("what a wrapper started ends with it: at a deadline, at the end, and when the wrapper is killed", async () => {
  await withProgram(HANGS, async (_, folder, file) => {
    const wrapper = join(folder, "gait");
    // As npx does, this one waits for its child and passes nothing on.
    writeFileSync(
      wrapper,
      `#!/bin/sh\necho $$ > ${folder}/wrapper\n"${process.execPath}" "${file}"\nexit $?\n`,
    );
    chmodSync(wrapper, 0o755);
    await withGate({ gaitBin: wrapper, timeout: HANGING }, async (gate) => {
      await refused(gate, "timeout");
      await gone(await pidIn(folder));
    });
    const gate = openGate({ policy: "p", gaitBin: wrapper, timeout: DEADLINE });
    writeFileSync(join(folder, "pid"), "");
    const waiting = refused(gate, "died");
    const inner = await pidIn(folder);
    process.kill(await pidIn(folder, "wrapper"), "SIGKILL");
    await waiting;
    await gone(inner);
    await gate.close();
  });
});

test("a disk that is full", (t) =>
  inFolder(async (folder) => {
    const full = join(folder, "full");
    mkdirSync(full);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", full]).status !== 0) {
      return t.skip?.("no file system can be mounted here");
    }
    try {
      writeFileSync(join(folder, "policy.yaml"), POLICY);
      const options = {
        gaitBin: GAIT,
        policy: "policy.yaml",
        cwd: folder,
        traceDir: "full/traces",
        timeout: DEADLINE,
      };
      await withGate(options, async (gate) => {
        let error;
        for (let n = 0; n < 200 && error === undefined; n++) {
          error = await gate.decide({ ...intent, args: { n } }).then(() => undefined, (reason) => reason);
        }
        assert.equal(error?.code, "io_failure", String(error));
        assert.equal((await refused(gate, error.detail)).code, "io_failure");
      });
    } finally {
      assert.equal(spawnSync("umount", ["-l", full]).status, 0);
    }
  }));

test("a fork in the middle of a call: it has no part of the gate, which ends although the fork lives", () =>
  withProgram(
    HANGS.replace('process.on("SIGTERM", () => {});', "").replace(
      '.on("line"',
      '.on("close", () => process.exit(0)).on("line"',
    ),
    async (gate, folder) => {
      const waiting = refused(gate, "closed");
      const pid = await pidIn(folder);
      const program = join(folder, "fork.mjs");
      writeFileSync(program, 'process.on("message", () => process.exit(0)); process.send("there");');
      const child = fork(program);
      try {
        await new Promise((resolve) => child.once("message", resolve));
        await soon(gate.close());
        await waiting;
        await gone(pid);
      } finally {
        child.send("end");
        await new Promise((resolve) => child.once("close", resolve));
      }
    },
  ));

for (
  const [how, ending, status] of [
    ["exits", "process.exit(3);", 3],
    ["fails", 'throw new Error("of the agent");', undefined],
    ["is killed", 'process.kill(process.pid, "SIGKILL");', null],
  ]
) {
  test(`a process that ${how} with calls in flight leaves no gate behind, and no tool runs`, () =>
    // One that is killed can do nothing; its gate ends with its input.
    withProgram(
      status === null ? HANGS.replace('.on("line"', '.on("close", () => process.exit(0)).on("line"') : HANGS,
      async (_, folder, file) => {
        // Beside the tests, where the package is found.
        const program = join(process.cwd(), `ending-${process.pid}-${how.replace(/ /g, "-")}.mjs`);
        writeFileSync(
          program,
          `import { existsSync, unlinkSync, writeFileSync } from "node:fs";
import { guardTool, openGate } from "@gait/gait";
unlinkSync(new URL(import.meta.url));
const gate = openGate({ policy: "p", gaitBin: ${JSON.stringify([process.execPath, file])} });
const context = { identity: "a", workspace: "/w", risk_class: "low" };
const call = guardTool(gate, { name: "t", context }, () => writeFileSync(${
            JSON.stringify(join(folder, "ran"))
          }, ""));
for (let n = 0; n < 4; n++) call({ n }).catch(() => {});
setInterval(() => { if (existsSync(${JSON.stringify(join(folder, "pid"))})) { ${ending} } }, 5);`,
        );
        const agent = spawn(process.execPath, [program], { stdio: "ignore" });
        const code = await soon(new Promise((resolve) => agent.once("close", resolve)));
        if (status !== undefined) assert.equal(code, status);
        await gone(await pidIn(folder));
        assert.ok(!existsSync(join(folder, "ran")));
      },
    ));
}

test("a process that has nothing left to do ends, with the gate that it never closed", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "p.yaml"), POLICY);
    const program = join(process.cwd(), `idle-${process.pid}.mjs`);
    writeFileSync(
      program,
      `import { unlinkSync } from "node:fs";
import { openGate } from "@gait/gait";
unlinkSync(new URL(import.meta.url));
const gate = openGate({ policy: "p.yaml", cwd: ${JSON.stringify(folder)}, gaitBin: ${JSON.stringify(GAIT)} });
console.log((await gate.decide(${JSON.stringify(intent)})).verdict);`,
    );
    const agent = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    agent.stdout.on("data", (piece) => printed += piece);
    assert.equal(await soon(new Promise((resolve) => agent.once("close", resolve))), 0);
    assert.equal(printed, "allow\n");
  }));
