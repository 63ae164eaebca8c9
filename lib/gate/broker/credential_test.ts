import assert from "node:assert/strict";
import fc from "fast-check";
import { readJsonObject } from "../../formats/json/mod.ts";
import { timeOfMillis, ZERO_TIME } from "../../formats/time.ts";
import { aGate, decideOn, type GateParts } from "../../../tests/support/authority.ts";
import { endedChild, FAKE_NOW, fakeEffects } from "../../../tests/support/fake_effects.ts";
import { anIntent } from "../../../tests/support/gate.ts";
import type { Gate } from "../decide.ts";
import { credentialProblem } from "./credential.ts";

const POLICY = "rules: [{name: r, effect: allow, require_broker_credential: true, broker_reference: Bank.1}]";
const at = (minutes: number) => timeOfMillis(FAKE_NOW + minutes * 60_000);

async function decideBy(
  parts: GateParts,
  effects: Parameters<typeof fakeEffects>[0],
  profile: Gate["profile"] = "standard",
  riskClass = "low",
) {
  const gate = await aGate({ policy: POLICY, ...parts });
  const intent = anIntent();
  const asked = { ...intent, context: { ...intent.context, riskClass } };
  return await decideOn({ ...gate, profile }, asked, {}, fakeEffects(effects));
}

/** What is decided when the environment gives a credential with these companions. */
async function byEnv(companions: Record<string, string>) {
  const env = Object.fromEntries(
    Object.entries({ "": "s", ...companions }).map(([name, value]) => [`P_BANK_1${name}`, value]),
  );
  return await decideBy({ credentials: { broker: { kind: "env", prefix: "P_" } } }, { env });
}

/** What is decided when a command answers so. */
async function byCommand(members: object, profile?: Gate["profile"], riskClass?: string) {
  const result = endedChild(JSON.stringify({ credential_ref: "lease/1", ...members }));
  const credentials = { broker: { kind: "command" as const, command: "c", args: [] } };
  return await decideBy({ credentials }, { runChild: () => Promise.resolve(result) }, profile, riskClass);
}

const brokers = {
  env: ({ issued_at, expires_at, ttl_seconds }: Record<string, string | number>) =>
    byEnv({
      ...(issued_at === undefined ? {} : { _ISSUED_AT: String(issued_at) }),
      ...(expires_at === undefined ? {} : { _EXPIRES_AT: String(expires_at) }),
      ...(ttl_seconds === undefined ? {} : { _TTL_SECONDS: String(ttl_seconds) }),
    }),
  command: byCommand,
};

for (const [name, decided] of Object.entries(brokers)) {
  Deno.test(`broker ${name}: a credential that does not hold blocks, is recorded, and the reason is reported`, async () => {
    for (
      const [members, code] of [
        [{ issued_at: at(-120), expires_at: at(-60) }, "broker_credential_expired"],
        [{ expires_at: at(-60) }, "broker_credential_expired"],
        [{ expires_at: at(0) }, "broker_credential_expired"],
        [{ expires_at: "2001-01-01T02:00:00+02:00" }, "broker_credential_expired"],
        [{ issued_at: at(4), expires_at: at(3) }, "broker_credential_times_invalid"],
        [{ issued_at: at(3), expires_at: at(3) }, "broker_credential_times_invalid"],
        [{ issued_at: at(6) }, "broker_credential_times_invalid"],
        [{ issued_at: at(600), expires_at: at(1200) }, "broker_credential_times_invalid"],
      ] as const
    ) {
      const { outcome, credential, credentialRecord, warnings } = await decided(members);
      assert.deepEqual(
        [outcome.verdict, outcome.violations, outcome.reasonCodes.includes(code)],
        ["block", [code], true],
        JSON.stringify(members),
      );
      assert.ok(!outcome.reasonCodes.includes("broker_credential_present"));
      const record = readJsonObject(credentialRecord!, { what: "record" });
      assert.equal(record.credential_ref, credential!.ref);
      assert.equal(warnings.length, 1);
    }
  });

  Deno.test(`broker ${name}: a credential that holds, or says nothing of its end, lets the call pass`, async () => {
    for (
      const members of [
        {},
        { ttl_seconds: 600 },
        { issued_at: at(-120) },
        { expires_at: at(1) },
        { issued_at: at(-1), expires_at: at(10) },
        { issued_at: at(5), expires_at: at(10) },
        { issued_at: at(-1), ttl_seconds: 120 },
      ]
    ) {
      const { outcome, warnings } = await decided(members);
      assert.deepEqual([outcome.verdict, warnings], ["allow", []], JSON.stringify(members));
    }
  });
}

Deno.test("broker env: times that can't be read block", async () => {
  for (
    const companions of [
      { _EXPIRES_AT: "soon" },
      { _EXPIRES_AT: "2030-01-01" },
      { _EXPIRES_AT: "9999-12-31T23:59:59-12:00" },
      { _ISSUED_AT: "1767225600" },
      { _TTL_SECONDS: "-4" },
      { _TTL_SECONDS: "0" },
      { _TTL_SECONDS: "1.5" },
      { _TTL_SECONDS: "10m" },
      { _EXPIRES_AT: at(10), _TTL_SECONDS: "x" },
    ]
  ) {
    const { outcome, credentialRecord } = await byEnv(companions as Record<string, string>);
    assert.deepEqual(
      [outcome.verdict, outcome.violations],
      ["block", ["broker_credential_times_invalid"]],
      JSON.stringify(companions),
    );
    assert.ok(credentialRecord);
  }
});

Deno.test("an end that follows from a duration counts, but that of a command only at high stakes", async () => {
  const { outcome } = await byEnv({ _ISSUED_AT: at(-20), _TTL_SECONDS: "600" });
  assert.deepEqual(outcome.violations, ["broker_credential_expired"]);
  const members = { issued_at: at(-20), ttl_seconds: 600 };
  const lenient = await byCommand(members);
  assert.deepEqual([lenient.outcome.verdict, lenient.warnings.length], ["allow", 1]);
  for (
    const [profile, risk] of [["oss-prod", "low"], ["standard", "high"], ["standard", "Critical"]] as const
  ) {
    const strict = await byCommand(members, profile, risk);
    assert.deepEqual(strict.outcome.violations, ["broker_credential_expired"], `${profile} ${risk}`);
  }
});

Deno.test("credentialProblem() uses the clock at which the answer came", async () => {
  // The broker takes two minutes by the clock; what it gave holds for one.
  let now = FAKE_NOW;
  const answer = JSON.stringify({ credential_ref: "r", expires_at: at(1) });
  const runChild = () => {
    now += 120_000;
    return Promise.resolve(endedChild(answer));
  };
  const gate = await aGate({
    policy: POLICY,
    credentials: { broker: { kind: "command", command: "c", args: [] } },
  });
  const effects = { ...fakeEffects({ runChild }), now: () => now };
  const { outcome } = await decideOn(gate, anIntent(), {}, effects);
  assert.deepEqual(outcome.violations, ["broker_credential_expired"]);
});

Deno.test("credentialProblem() never lets pass what ends before now or before it begins", () => {
  const time = fc.integer({ min: -100_000, max: 100_000 });
  fc.assert(fc.property(time, time, fc.boolean(), (issued, ends, unreadable) => {
    const answer = { issuer: "i", ref: "r", issuedAt: at(issued), expiresAt: at(ends), ttlSeconds: 0 };
    const problem = credentialProblem({ ...answer, unreadable }, FAKE_NOW);
    const holds = !unreadable && ends > 0 && ends > issued && issued <= 5;
    assert.equal(problem === undefined, holds);
  }));
  const unknown = { issuer: "i", ref: "r", issuedAt: ZERO_TIME, expiresAt: ZERO_TIME, ttlSeconds: 0 };
  assert.equal(credentialProblem(unknown, FAKE_NOW), undefined);
});
