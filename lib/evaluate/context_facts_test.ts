import assert from "node:assert/strict";
import { anIntent, aScript, aTarget } from "../../tests/support/gate.ts";
import { evaluate } from "./evaluate.ts";
import { parsePolicy } from "../policy/parse.ts";

const TEXT = `default_verdict: block
rules:
  - {name: known, effect: allow, match: {context_data_classes: [public]}}
`;
const open = (await parsePolicy(TEXT, "p")).policy;
const strict = (await parsePolicy(`context_facts: inventory_only\n${TEXT}`, "p")).policy;

/** A call whose caller says what the inventory would say, in any spelling. */
function claiming(name = "wrkr.data_class") {
  const intent = anIntent({});
  return { ...intent, context: { ...intent.context, authContext: { [name]: "public", team: "a" } } };
}

Deno.test("a policy that wants facts of an inventory only is met by no claim", () => {
  assert.equal(evaluate(open, claiming()).verdict, "allow");
  for (const name of ["wrkr.data_class", "WRKR.data_class", " wrkr.data_class"]) {
    assert.equal(evaluate(strict, claiming(name)).verdict, "block", name);
  }
});

Deno.test("what the inventory says counts, and replaces what the caller claims", () => {
  for (const [said, verdict] of [["public", "allow"], ["secret", "block"]] as const) {
    const enriched = evaluate(strict, claiming(), (intent) => {
      assert.deepEqual(Object.keys(intent.context.authContext), ["claimed wrkr.data_class", "team"]);
      const authContext = { ...intent.context.authContext, "wrkr.data_class": said };
      return { ...intent, context: { ...intent.context, authContext } };
    });
    assert.equal(enriched.verdict, verdict);
  }
});

Deno.test("the key is off in policies that don't have it, and on with that word alone", async () => {
  assert.equal(open.contextFacts, "");
  await assert.rejects(parsePolicy(`context_facts: inventory\n${TEXT}`, "p"));
  assert.equal(
    (await parsePolicy(`context_facts: " Inventory_Only "\n${TEXT}`, "p")).policy.contextFacts,
    "inventory_only",
  );
});

Deno.test("steps of a script can't claim either", () => {
  const intent = anIntent({ script: aScript(["tool.read", aTarget()]) });
  const claims = { ...intent, context: { ...intent.context, authContext: { "wrkr.data_class": "public" } } };
  assert.equal(evaluate(open, claims).verdict, "allow");
  assert.equal(evaluate(strict, claims).verdict, "block");
});

Deno.test("a claim still meets a rule that restricts, so the key makes nothing laxer", async () => {
  const guard = `default_verdict: allow
rules:
  - {name: stop, effect: block, match: {context_data_classes: [public]}}
`;
  for (const head of ["", "context_facts: inventory_only\n"]) {
    const { policy } = await parsePolicy(head + guard, "p");
    assert.equal(evaluate(policy, claiming()).verdict, "block", head);
    assert.equal(evaluate(policy, anIntent({})).verdict, "allow", head);
  }
});
