import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { endedChild, FAKE_NOW, fakeEffects } from "../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../tests/support/memory_files.ts";
import { type OpenGate, openGate } from "./open.ts";

const ALLOWS = "rules: [{name: a, effect: allow, require_broker_credential: true}]";
const BLOCKS = "default_verdict: block";
const CALL = { intent: '{"tool_name":"t","context":{"identity":"a","workspace":"/w","risk_class":"low"}}' };

/** A gate whose broker takes a second and then does what the test says. */
async function slowGate(onBroker: (write: (policy: string | undefined) => Promise<void>) => Promise<void>) {
  const files = memoryFiles({ "policy.yaml": ALLOWS });
  let now = FAKE_NOW;
  let asked = 0;
  const write = (policy: string | undefined) =>
    policy === undefined ? files.remove("policy.yaml") : files.writeAtomic("policy.yaml", utf8(policy));
  const runChild = async () => {
    now += 1_000;
    if (++asked === 1) await onBroker(write);
    return endedChild('{"credential_ref":"r"}');
  };
  const effects = { ...fakeEffects({ files, runChild }), now: () => now };
  const options = { policy: "policy.yaml", broker: { kind: "command" as const, command: "c" } };
  const gate = await openGate(options, effects, "1");
  return { gate, asked: () => asked, write };
}

const verdictsOf = async (gate: OpenGate, calls: number) =>
  await Promise.all(
    Array.from({ length: calls }, () =>
      gate.decide(CALL).then(({ decision }) => decision.outcome.verdict, (error) => error.code)),
  );

Deno.test("openGate() decides waiting calls by the policy of the time of their turn", async () => {
  const { gate, asked } = await slowGate((write) => write(BLOCKS));
  assert.deepEqual(await verdictsOf(gate, 4), ["allow", "block", "block", "block"]);
  assert.equal(asked(), 1);
});

Deno.test("openGate() decides no waiting call while the policy is missing or invalid", async () => {
  for (const policy of [undefined, "rules: [", "", BLOCKS.slice(0, 20)]) {
    const { gate, asked, write } = await slowGate((write) => write(policy));
    const [, ...waited] = await verdictsOf(gate, 4);
    const stopped = policy === "" ? "require_approval" : "invalid_input";
    assert.deepEqual(waited, [stopped, stopped, stopped], policy);
    assert.equal(asked(), 1);
    await write(ALLOWS);
    assert.deepEqual(await verdictsOf(gate, 1), ["allow"]);
  }
});

Deno.test("openGate() sees a change made before the call arrived, although the clock does not advance", async () => {
  const { gate, write } = await slowGate(() => Promise.resolve());
  for (const [policy, verdict] of [[BLOCKS, "block"], [ALLOWS, "allow"], [BLOCKS, "block"]] as const) {
    await write(policy);
    assert.deepEqual(await verdictsOf(gate, 1), [verdict]);
  }
});
