import assert from "node:assert/strict";
import type { JsonObject } from "../formats/json/mod.ts";
import { inContext, request } from "./_test_requests.ts";
import { parseIntent } from "./parse.ts";
import { refuseUnknownMembers, warningsOf } from "./warnings.ts";

const target = { kind: "path", value: "/a" };
const origin = { arg_path: "$", source: "user" };
const skill = { skill_name: "s", source: "git", publisher: "p" };
const link = { delegator_identity: "a", delegate_identity: "ana" };
const step = { tool_name: "a" };

/** A request with one unknown member, and what is named for it. */
const MISTAKES: readonly (readonly [JsonObject, string, string?])[] = [
  [request({ target: [] }), "target", "targets"],
  [request({ arg: {} }), "arg", "args"],
  [request({ contxt: {} }), "contxt", "context"],
  [inContext({ phse: "plan" }), "context.phse", "phase"],
  [
    request({ targets: [target, { ...target, value: "/b", opertion: "delete" }] }),
    "targets[1].opertion",
    "operation",
  ],
  [request({ arg_provenance: [{ ...origin, sorce_ref: "x" }] }), "arg_provenance[0].sorce_ref", "source_ref"],
  [request({ skill_provenance: { ...skill, version: "1" } }), "skill_provenance.version"],
  [request({ delegation: { requester_identity: "ana", scope: "x" } }), "delegation.scope"],
  [
    request({ delegation: { requester_identity: "ana", chain: [{ ...link, tokenref: "x" }] } }),
    "delegation.chain[0].tokenref",
    "token_ref",
  ],
  [request({ script: { steps: [step], stps: [] } }), "script.stps", "steps"],
  [request({ script: { steps: [step, { ...step, target: [] }] } }), "script.steps[1].target", "targets"],
  [
    request({ script: { steps: [{ ...step, targets: [{ ...target, destructve: true }] }] } }),
    "script.steps[0].targets[0].destructve",
    "destructive",
  ],
];

for (const [object, path, meant] of MISTAKES) {
  Deno.test(`parseIntent() warns about ${path}, and refuses it where much is at stake`, async () => {
    const intent = await parseIntent(object);
    const warnings = warningsOf(intent);
    assert.equal(warnings.length, 1);
    assert(warnings[0]!.includes(`"${path}"`), warnings[0]);
    if (meant !== undefined) assert(warnings[0]!.includes(`"${meant}"`), warnings[0]);
    assert.throws(() => refuseUnknownMembers(intent, "why"), { code: "invalid_input" });
    const context = object["context"] as JsonObject;
    for (const risk of ["high", " Critical ", "hihg"]) {
      const risky = { ...object, context: { ...context, risk_class: risk } };
      await assert.rejects(parseIntent(risky), { code: "invalid_input" }, risk);
    }
  });
}

Deno.test("parseIntent() knows every member of a request, and leaves objects of any shape alone", async () => {
  const free = { target: 1, anything: { contxt: 2 } };
  const intent = await parseIntent({
    ...inContext({ risk_class: "critical", auth_context: free }),
    args: free,
    script: { steps: [{ ...step, args: free }] },
  });
  assert.deepEqual([intent.unknownMembers, warningsOf(intent)], [undefined, []]);
});

Deno.test("warningsOf() names a bounded number of members, and shows no name as a whole that is long", async () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`zz${i}${"y".repeat(300)}`, 1]));
  const warnings = warningsOf(await parseIntent(request(many)));
  assert(warnings.length < 30 && warnings.every((warning) => warning.length < 300));
  assert(warnings.at(-1)!.includes("4980 more"));
});

Deno.test("warningsOf() names a risk class that is none of the four", async () => {
  for (const risk of ["low", "MEDIUM", " high", "critical"]) {
    assert.deepEqual(warningsOf(await parseIntent(inContext({ risk_class: risk }))), []);
  }
  const [warning, ...others] = warningsOf(await parseIntent(inContext({ risk_class: "hihg" })));
  assert(warning!.includes('"hihg"') && warning!.includes('"high"') && others.length === 0);
});
