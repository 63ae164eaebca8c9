import assert from "node:assert/strict";
import { parseTime, ZERO_TIME } from "../../formats/time.ts";
import type { ChildRequest } from "../../effects/types.ts";
import { endedChild, FAKE_NOW, fakeEffects } from "../../../tests/support/fake_effects.ts";
import { anIntent } from "../../../tests/support/gate.ts";
import { aGate, decideOn } from "../../../tests/support/authority.ts";
import { requestCredential } from "./ask.ts";
import { commandAnswer } from "./command.ts";
import { brokerOf } from "./config.ts";
import { variableKey } from "./issue.ts";
import { completeCredential, requestOf } from "./credential.ts";

const NO_ENV = { get: () => undefined };
const BROKERED =
  "rules: [{name: r, effect: allow, require_broker_credential: true, broker_reference: Bank.1}]";

Deno.test("brokerOf() gives the broker that options name, nobody when they name none", () => {
  for (const options of [undefined, { kind: "off" as const }]) {
    assert.deepEqual(brokerOf(options, NO_ENV), { kind: "off" });
  }
  assert.deepEqual(brokerOf({ kind: "env", envPrefix: " " }, NO_ENV), {
    kind: "env",
    prefix: "GAIT_BROKER_TOKEN_",
  });
  assert.deepEqual(brokerOf({ kind: "command", command: " b ", commandArgs: ["x", " y,"] }, NO_ENV), {
    kind: "command",
    command: "b",
    args: ["x", " y,"],
  });
  for (const command of [undefined, "", " "]) {
    assert.throws(() => brokerOf({ kind: "command", command }, NO_ENV), { code: "invalid_input" });
  }
});

Deno.test("brokerOf() takes only commands that are listed, when a list is there", () => {
  const listed = (command: string, list: string) =>
    brokerOf({ kind: "command", command }, { get: () => list }).kind;
  assert.equal(listed("/opt/../opt/broker", "/opt/broker"), "command");
  assert.equal(listed("/opt/broker", "x, broker"), "command");
  assert.equal(listed("anything", " , "), "command");
  assert.throws(() => listed("/tmp/broker2", "broker"), { code: "invalid_input" });
  assert.throws(() => listed("broker", "/opt/broker"), { code: "invalid_input" });
});

Deno.test("variableKey() makes a name for a variable of any reference", () => {
  const names = ["Bank.Prod-1", "a  b!c", "..x..", "straße", "", "!!", "a.-b"];
  assert.deepEqual(names.map(variableKey), [
    "BANK_PROD_1",
    "A_B_C",
    "X",
    "STRA_E",
    "DEFAULT",
    "DEFAULT",
    "A__B",
  ]);
});

Deno.test("completeCredential() fills in what follows from the rest", () => {
  const time = (text: string) => parseTime(`2026-01-02T${text}Z`);
  const given = { issuer: " ", ref: " r ", issuedAt: ZERO_TIME, expiresAt: ZERO_TIME, ttlSeconds: 0 };
  assert.deepEqual(completeCredential(given, "command", FAKE_NOW), { ...given, issuer: "command", ref: "r" });
  const ends = completeCredential({ ...given, expiresAt: time("03:05:05") }, "command", FAKE_NOW);
  assert.deepEqual([ends.issuedAt, ends.ttlSeconds], [time("03:04:05"), 60]);
  const lasts = completeCredential(
    { ...given, issuedAt: time("00:00:00"), ttlSeconds: 5 },
    "command",
    FAKE_NOW,
  );
  assert.equal(lasts.expiresAt, time("00:00:05"));
  assert.throws(() => completeCredential({ ...given, ref: " " }, "command", FAKE_NOW));
});

async function askEnv(env: Record<string, string>) {
  const credentials = { broker: { kind: "env" as const, prefix: "P_" }, reference: "", scopes: [] };
  const gate = await aGate({ policy: BROKERED, credentials });
  return await decideOn(gate, anIntent(), {}, fakeEffects({ env }));
}

Deno.test("broker env outputs a digest of the value, never the value", async () => {
  const { credential, outcome, credentialRecord } = await askEnv({ P_BANK_1: " s3cret-value\n" });
  assert.equal(outcome.verdict, "allow");
  assert.match(credential!.ref, /^env:P_BANK_1:[0-9a-f]{16}$/);
  assert.ok(!new TextDecoder().decode(credentialRecord).includes("s3cret"));
});

Deno.test("broker env blocks without the variable", async () => {
  const { outcome } = await askEnv({ P_BANK_1: " " });
  assert.deepEqual([outcome.verdict, outcome.violations], ["block", ["broker_credential_missing"]]);
});

Deno.test("no broker is asked in a simulation, nor for a call that is not allowed", async () => {
  const credentials = { broker: { kind: "command" as const, command: "c", args: [] } };
  // Fake effects throw when a program is started; that would show as a block.
  const simulated = await decideOn(
    await aGate({ policy: BROKERED, credentials, simulate: true }),
    anIntent(),
  );
  assert.equal(simulated.outcome.simulated?.verdict, "allow");
  assert.equal(simulated.credential, undefined);
  const stopped = BROKERED.replace("allow", "require_approval");
  const { outcome } = await decideOn(await aGate({ policy: stopped, credentials }), anIntent());
  assert.equal(outcome.verdict, "require_approval");
});

const request = requestOf(anIntent(), { reference: "Bank.1", scope: ["B", "a", "b"] });

async function ask(stdout: string, ended: object = {}, env: Record<string, string> = {}) {
  const asked: ChildRequest[] = [];
  const effects = fakeEffects({
    env,
    runChild: (child) => {
      asked.push(child);
      return Promise.resolve(endedChild(stdout, ended));
    },
  });
  return { asked, answer: await commandAnswer(request, { command: "c", args: ["x"] }, effects) };
}

Deno.test("broker command gets the request in the order of the existing program, and few variables", async () => {
  const env = {
    PATH: "/bin",
    HOME: "/h",
    SECRET: "s",
    VAULT_ADDR: "v",
    GAIT_CREDENTIAL_ENV_ALLOWLIST: "VAULT_ADDR, NONE",
  };
  const { asked: [child] } = await ask('{"credential_ref":"r"}', {}, env);
  assert.equal(
    new TextDecoder().decode(child!.stdin),
    '{"ToolName":"ledger.post","Identity":"svc.ledger","Workspace":"/srv/ledger","SessionID":"","RequestID":"",' +
      '"Reference":"Bank.1","Scope":["b","a"]}',
  );
  assert.deepEqual(child!.env, { PATH: "/bin", HOME: "/h", VAULT_ADDR: "v" });
  assert.deepEqual([child!.timeout, child!.outputLimit], [5_000, 16_384]);
});

Deno.test("broker command takes a reference of 256 bytes and not one more", async () => {
  const of = (length: number) => ask(`{"credential_ref":"${"é".repeat(length / 2)}"}`);
  assert.equal((await of(256)).answer.ref.length, 128);
  await assert.rejects(of(258));
});

for (
  const [what, stdout, ended] of [
    ["a status that is not 0", '{"credential_ref":"r"}', { code: 1 }],
    ["an end at the time limit", '{"credential_ref":"r"}', { timedOut: true }],
    ["too much output, wherever it went", '{"credential_ref":"r"}', { size: 16_385 }],
    ["no output", "", {}],
    ["text", "token", {}],
    ["two objects", '{"credential_ref":"r"}{}', {}],
    ["a list", "[]", {}],
    ["a key that stands there twice", '{"credential_ref":"r","credential_ref":"s"}', {}],
    ["a time that is none", '{"credential_ref":"r","issued_at":"now"}', {}],
    ["a fraction of seconds", '{"credential_ref":"r","ttl_seconds":1.5}', {}],
    ["a negative duration", '{"credential_ref":"r","ttl_seconds":-1}', {}],
    ["an end in other words", '{"credential_ref":"r","Expires_At":"2020-01-01T00:00:00Z"}', {}],
    ["a duration in other words", '{"credential_ref":"r","expires_in":-1}', {}],
    ["an error beside a reference", '{"credential_ref":"r","error":"denied"}', {}],
    ["a line break in the reference", '{"credential_ref":"a\\nb"}', {}],
  ] as const
) {
  Deno.test(`broker command fails on ${what}`, async () => {
    await assert.rejects(ask(stdout, ended));
  });
}

Deno.test("askCredential() reveals to nobody why a broker failed", async () => {
  const effects = fakeEffects({ runChild: () => Promise.reject(new Error("s3cret")) });
  const credentials = {
    broker: { kind: "command" as const, command: "c", args: [] },
    reference: "",
    scopes: [],
  };
  const { evaluation } = await decideOn(await aGate({ policy: BROKERED }), anIntent());
  assert.deepEqual(await requestCredential(credentials, anIntent(), evaluation, effects, false), {
    kind: "failed",
  });
});
