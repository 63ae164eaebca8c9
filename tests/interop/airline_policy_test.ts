/** The policy of examples/airline judges every tool call of a real agent (../shared/real). */
import assert from "node:assert/strict";
import fc from "fast-check";
import { amountClass, intentOfCall, type ToolCall } from "../../examples/airline/intent_of_call.ts";
import { readJsonObject } from "../../lib/formats/json/mod.ts";
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import type { Evaluation } from "../../lib/evaluate/types.ts";
import { parseIntent } from "../../lib/intent/parse.ts";
import { withoutClaims } from "../../lib/intent/digest.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { repository, shared } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

const EXAMPLE = `${repository}examples/airline`;
const { policy } = await parsePolicy(await Deno.readFile(`${EXAMPLE}/policy.yaml`), "policy.yaml");
const airline = await shared("real/airline");
const missing = airline === undefined && "../shared/real is absent";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

async function outcomeOf(call: ToolCall, session = "s"): Promise<Evaluation> {
  const request = intentOfCall(call, { identity: "agent.airline", workspace: "/srv/airline", session });
  return evaluate(policy, withoutClaims(await parseIntent(encode(request), call.name, { numbers: "warn" })));
}

/** All tool calls of all conversations, in order. */
async function realCalls(): Promise<(ToolCall & { readonly session: string })[]> {
  const calls: (ToolCall & { readonly session: string })[] = [];
  const names = [...Deno.readDirSync(airline!)].map(({ name }) => name).filter((name) =>
    name.endsWith(".json")
  );
  for (const name of names.sort()) {
    const { messages } = readJsonObject(await Deno.readFile(`${airline}/${name}`), { what: name });
    // deno-lint-ignore no-explicit-any -- conversations in the form of their provider
    for (const message of messages as any[]) {
      for (const { function: { name: tool, arguments: args } } of message.tool_calls ?? []) {
        calls.push({ name: tool, args: JSON.parse(args), session: name.replace(/\.json$/, "") });
      }
    }
  }
  return calls;
}

/*
 * Counted in the 16 files without this program: 104 calls.
 *
 * Reading and computing, allowed: 28 get_reservation_details + 12 get_user_details + 12 calculate + 9 think +
 * 7 search_onestop_flight + 5 search_direct_flight = 73.
 *
 * Changes, for a person to approve: 23 update_reservation_flights + 2 cancel_reservation +
 * 1 update_reservation_passengers + 1 update_reservation_baggages = 27, and of the 4 bookings the one that is paid
 * by gift card and credit card (task11-trial0, the second one) = 28.
 *
 * The other 3 bookings pay with a certificate of 299, above the limit of 250: blocked. No run sends a certificate.
 */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  get_reservation_details: { allow: 28 },
  get_user_details: { allow: 12 },
  calculate: { allow: 12 },
  think: { allow: 9 },
  search_onestop_flight: { allow: 7 },
  search_direct_flight: { allow: 5 },
  update_reservation_flights: { require_approval: 23 },
  cancel_reservation: { require_approval: 2 },
  update_reservation_passengers: { require_approval: 1 },
  update_reservation_baggages: { require_approval: 1 },
  book_reservation: { require_approval: 1, block: 3 },
};

testUnless(missing, "the airline policy evaluates the 104 real calls as counted by hand", async () => {
  const calls = await realCalls();
  assert.equal(calls.length, 73 + 28 + 3);
  const counted: Record<string, Record<string, number>> = {};
  for (const call of calls) {
    const { verdict } = await outcomeOf(call, call.session);
    const ofTool = counted[call.name] ??= {};
    ofTool[verdict] = (ofTool[verdict] ?? 0) + 1;
  }
  assert.deepEqual(counted, EXPECTED);
});

testUnless(missing, "the airline policy gives its reasons on real calls", async () => {
  const reasons = new Map<string, Set<string>>();
  for (const call of await realCalls()) {
    const { verdict, reasonCodes } = await outcomeOf(call, call.session);
    reasons.set(verdict, (reasons.get(verdict) ?? new Set()).union(new Set(reasonCodes)));
  }
  assert.deepEqual([...reasons.get("allow")!], ["reading_allowed"]);
  assert.deepEqual([...reasons.get("require_approval")!].sort(), [
    "booking_change_needs_approval",
    "cancellation_needs_approval",
    "destructive_apply_requires_approval", // to cancel is destructive
  ]);
  assert.deepEqual([...reasons.get("block")!], ["certificate_over_limit"]);
});

testUnless(
  missing,
  "the executable decides real calls as the library does, with exit 0, 4 and 3",
  () =>
    onStage(async ({ gait, write, read }) => {
      const calls = await realCalls();
      await write("policy.yaml", await Deno.readFile(`${EXAMPLE}/policy.yaml`));
      const first = (name: string) => calls.find((call) => call.name === name)!;
      const chosen = [
        [first("get_user_details"), 0],
        [first("think"), 0],
        [first("cancel_reservation"), 4],
        [first("update_reservation_baggages"), 4],
        [first("book_reservation"), 3], // the first booking of task11-trial0 pays with the certificate of 299
      ] as const;
      for (const [i, [call, exit]] of chosen.entries()) {
        const caller = { identity: "agent.airline", workspace: "/srv/airline", session: call.session };
        await write("intent.json", encode(intentOfCall(call, caller)));
        const eval_ = argv`gate eval --policy policy.yaml --intent intent.json`;
        const { code, json } = await gait`${eval_} --trace-out t/${i}.json --json`;
        const { verdict, matchedRule } = await outcomeOf(call, call.session);
        assert.deepEqual([code, json.verdict, json.matched_rule], [exit, verdict, matchedRule], call.name);
        const trace = JSON.parse(await read(`t/${i}.json`));
        assert.deepEqual([trace.verdict, trace.tool_name], [verdict, call.name]);
        assert.equal(trace.relationship.parent_ref.id, call.session);
      }
    }),
);

/*
 * No real run sends a certificate, so these calls are made up. Up to 250 a person decides; above, and where the amount
 * can't be read, it is blocked.
 */
for (
  const [amount, verdict, rule] of [
    [1, "require_approval", "approve-certificate"],
    [250, "require_approval", "approve-certificate"],
    [250.01, "block", "block-certificate-over-limit"],
    [500, "block", "block-certificate-over-limit"],
    [501, "block", "block-certificate-over-limit"],
    [1e300, "block", "block-certificate-over-limit"],
    [0, "block", "block-certificate-over-limit"],
    [-100, "block", "block-certificate-over-limit"],
    ["100", "block", "block-certificate-over-limit"],
    [null, "block", "block-certificate-over-limit"],
    [undefined, "block", "block-certificate-over-limit"],
  ] as const
) {
  Deno.test(`send_certificate of ${JSON.stringify(amount)} is ${verdict}`, async () => {
    const found = await outcomeOf({ name: "send_certificate", args: { user_id: "u", amount } });
    assert.deepEqual([found.verdict, found.matchedRule], [verdict, rule]);
  });
}

Deno.test("certificates of one booking are added up, and none hides among other payments", async () => {
  const pay = (...methods: unknown[]) =>
    outcomeOf({ name: "book_reservation", args: { payment_methods: methods } });
  const certificate = (amount: unknown, id: unknown = "certificate_1") => ({ payment_id: id, amount });
  const card = { payment_id: "credit_card_1", amount: 9_000 };
  const rows: [string, unknown[]][] = [
    ["require_approval", [card]],
    ["require_approval", [card, certificate(250)]],
    ["block", [certificate(200), certificate(200)]],
    ["block", [certificate(300), card, certificate(-100)]],
    ["block", [certificate(300, " Certificate_1")]],
    ["block", [certificate(10, null)]],
    ["block", [null]],
  ];
  for (const [verdict, methods] of rows) {
    assert.equal((await pay(...methods)).verdict, verdict, JSON.stringify(methods));
  }
  const odd = await outcomeOf({ name: "book_reservation", args: { payment_methods: "certificate_1:900" } });
  assert.equal(odd.verdict, "block");
});

Deno.test("amountClass() never puts more money in a lower step", () => {
  const steps = [
    "amount_up_to_100",
    "amount_up_to_250",
    "amount_up_to_500",
    "amount_over_500",
    "amount_unknown",
  ];
  const amounts = fc.array(fc.oneof(fc.double(), fc.integer({ min: -10, max: 600 }), fc.string()), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(fc.property(amounts, fc.double(), (some, more) => {
    assert.ok(steps.indexOf(amountClass([...some, more])) >= steps.indexOf(amountClass(some)));
  }));
});

Deno.test("a tool that nobody knows is blocked, whatever its name suggests", async () => {
  for (const name of ["get_everything", "read", "send_certificate2", "delete_customer", "bash"]) {
    assert.equal((await outcomeOf({ name, args: {} })).verdict, "block", name);
  }
});

Deno.test("the fixtures of the airline policy pass and reach every rule", () =>
  onStage(async ({ gait }) => {
    const { code, json } = await gait`policy test ${EXAMPLE}/policy.yaml
      --fixtures ${EXAMPLE}/fixtures --json`;
    assert.deepEqual([code, json.failed, json.rules_reached, json.rules], [0, 0, 6, 6]);
  }));

Deno.test("the linter has nothing to say about the airline policy", () =>
  onStage(async ({ gait }) => {
    const { code, json } = await gait`policy lint ${EXAMPLE}/policy.yaml --strict --json`;
    assert.deepEqual([code, json.findings], [0, []]);
  }));

Deno.test("the intents among the fixtures are what the adapter makes", async () => {
  for (const { name } of Deno.readDirSync(`${EXAMPLE}/fixtures`)) {
    if (!name.endsWith(".intent.json")) continue;
    const intent = JSON.parse(await Deno.readTextFile(`${EXAMPLE}/fixtures/${name}`));
    const { tool_name, args, context: { identity, workspace, session_id } } = intent;
    const caller = { identity, workspace, session: session_id };
    assert.deepEqual(intent, intentOfCall({ name: tool_name, args }, caller), name);
  }
});
