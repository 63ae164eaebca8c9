/*
 * What a broker prints never leaves the gate, and what it starts never outlives it (docs/spec/tokens.md section 9): a
 * secret is planted wherever a broker can leave one, and looked for everywhere.
 */
import assert from "node:assert/strict";
import { runChild } from "../../lib/effects/child.ts";
import { commandAnswer } from "../../lib/gate/broker/command.ts";
import { requestOf } from "../../lib/gate/broker/credential.ts";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { anIntent } from "../support/gate.ts";
import { fakeEffects } from "../support/fake_effects.ts";

const SECRET = "s3cr3t-7f1d9a";
const POLICY = "rules: [{name: r, effect: allow, require_broker_credential: true}]";
const INTENT = '{"tool_name": "t", "context": {"identity": "i", "workspace": "/w", "risk_class": "low"}}';

async function evalWith(stage: Stage, script: string, ...more: string[]) {
  await stage.write("policy.yaml", POLICY);
  await stage.write("intent.json", INTENT);
  await stage.write("broker.sh", script);
  return await stage.gaitWith(
    {
      env: {
        GAIT_OPERATIONAL_LOG: stage.path("ops.jsonl"),
        GAIT_ADOPTION_LOG: stage.path("use.jsonl"),
        SECRET,
      },
    },
    ...argv`gate eval --policy policy.yaml --intent intent.json --credential-broker command
      --credential-command /bin/sh --credential-command-args broker.sh ${more}`,
  );
}

/** Every file of the stage but the broker itself, and all that was printed. */
async function everything(stage: Stage, printed: { stdout: string; stderr: string }): Promise<string> {
  const files = (await stage.files()).filter((name) => name !== "broker.sh");
  assert.ok(files.some((name) => name.startsWith("trace_")) && files.includes("ops.jsonl"));
  return [printed.stdout, printed.stderr, ...await Promise.all(files.map(stage.read))].join("\n");
}

const LEAKS: readonly (readonly [string, string, number])[] = [
  ["beside the answer", `printf '{"credential_ref":"r","token":"${SECRET}"}'`, 0],
  ["on standard error", `echo ${SECRET} >&2; printf '{"credential_ref":"r"}'`, 0],
  ["as text instead of an answer", `echo ${SECRET}`, 3],
  ["in an answer that is not JSON", `printf '{"credential_ref":"${SECRET}"'`, 3],
  ["in a key that stands there twice", `printf '{"${SECRET}":1,"${SECRET}":2,"credential_ref":"r"}'`, 3],
  ["in a time that is none", `printf '{"credential_ref":"r","issued_at":"${SECRET}"}'`, 3],
  ["on both streams before it fails", `echo ${SECRET}; echo ${SECRET} >&2; exit 3`, 3],
  ["in too long a reference", `printf '{"credential_ref":"${SECRET}%0300d"}' 7`, 3],
];

for (const [where, script, exit] of LEAKS) {
  Deno.test(`a secret that a broker prints ${where} shows nowhere`, () =>
    onStage(async (stage) => {
      for (const more of [["--json"], []]) {
        const result = await evalWith(stage, script, ...more);
        assert.equal(result.code, exit);
        assert.ok(!(await everything(stage, result)).includes(SECRET));
      }
    }));
}

Deno.test("a broker does not get the variables of the agent", () =>
  onStage(async (stage) => {
    const { code, json } = await evalWith(stage, `printf '{"credential_ref":"[%s]"}' "$SECRET"`, "--json");
    assert.deepEqual([code, json.credential_ref], [0, "[]"]);
  }));

Deno.test("a broker is not asked in a simulation", () =>
  onStage(async (stage) => {
    const { code, json } = await evalWith(
      stage,
      'touch asked; printf \'{"credential_ref":"r"}\'',
      "--simulate",
      "--json",
    );
    assert.deepEqual([code, json.simulated_verdict], [0, "allow"]);
    assert.ok(!(await stage.files()).includes("asked"));
  }));

Deno.test("a broker that doesn't answer is killed with all that it started", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-broker-" });
  try {
    const script = `sleep 60 & echo $! > ${folder}/pid; echo $! >&2; wait`;
    const effects = fakeEffects({ runChild, env: { PATH: Deno.env.get("PATH") ?? "/bin:/usr/bin" } });
    const request = requestOf(anIntent(), { reference: "", scope: [] });
    await assert.rejects(commandAnswer(request, { command: "sh", args: ["-c", script] }, effects, 300));
    const pid = Number(await Deno.readTextFile(`${folder}/pid`));
    assert.ok(pid > 0);
    // Killed; the system may take a moment to take it away.
    for (let i = 0; i < 2_000 && await isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve));
    assert.equal(await isAlive(pid), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function isAlive(pid: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  return status !== undefined && !/\) [ZX] /.test(status);
}
