/** Say-tokens that the library mints and verifies. */
import assert from "node:assert/strict";
import * as gait from "../../mod.ts";
import { onStage } from "../support/gait.ts";
import { test } from "./support.ts";

const { generateKey, mintApproval, mintSayToken, openGate, parsePrivateKey, verifySayToken } = gait;

const COMMITMENT: gait.Commitment = {
  created_at: "2026-03-02T09:00:02Z",
  call_id: "call_12",
  turn_index: 4,
  call_seq: 3,
  commitment_class: "refund",
  currency: "EUR",
  refund_ceiling_cents: 5_000,
  context: { identity: "agent.desk", workspace: "/srv/desk", risk_class: "low" },
};
const SAID = { callId: "call_12", turnIndex: 4, callSeq: 3, commitmentClass: "refund" } as const;
const SPEECH = `default_verdict: block
rules:
  - {name: low, priority: 1, effect: allow, match: {tool_names: [voice.commitment.refund], risk_classes: [low]}}
  - {name: high, priority: 2, effect: require_approval, match: {tool_names: [voice.commitment.refund]}}
`;

test(
  ["mintSayToken", "verifySayToken"],
  "mintSayToken() gives a token after an allow alone, which verifies here and in the executable, once",
  () =>
    onStage(async ({ gait, path, write }) => {
      await gait`keys init --out-dir k`;
      await write("policy.yaml", SPEECH);
      const key = await parsePrivateKey(await Deno.readTextFile(path("k/gait_private.key")));
      const gate = await openGate({ policy: path("policy.yaml"), traceDir: path("t") });
      const { decision, sayToken } = await mintSayToken(gate, COMMITMENT, { key });
      assert.equal(decision.verdict, "allow");
      await Deno.writeFile(path("say.json"), sayToken!.bytes);
      const verified = await gait`voice token verify --token say.json --public-key k/gait_public.key
        --call-id call_12 --turn-index 4 --call-seq 3 --commitment-class refund --amount-cents 5000
        --currency EUR --intent-digest ${decision.intentDigest} --strict --json`;
      assert.deepEqual([verified.code, verified.json.token_id], [0, sayToken!.tokenId]);
      const wanted = { ...SAID, key: key.public, amountCents: 5_000, currency: "EUR", strict: true };
      const verify = (more: object = {}, bytes: Uint8Array = sayToken!.bytes) =>
        verifySayToken(bytes, { ...wanted, ...more });
      assert.equal((await verify()).ok, true);
      const ledger = path("used");
      assert.deepEqual([(await verify({ ledger })).ok, (await verify({ ledger })).code], [
        true,
        "say_token_replayed",
      ]);
      for (
        const [more, code] of [
          [{ callId: "call_13" }, "say_token_call_binding_mismatch"],
          [{ callSeq: 4 }, "say_token_call_binding_mismatch"],
          [{ commitmentClass: "quote" }, "say_token_class_mismatch"],
          [{ amountCents: 5_001 }, "say_token_amount_mismatch"],
          [{ key: (await generateKey()).public }, "say_token_signature_invalid"],
        ] as const
      ) {
        const { ok, code: found } = await verify(more);
        assert.deepEqual([ok, found], [false, code]);
      }
      const changed = new TextEncoder().encode(
        new TextDecoder().decode(sayToken!.bytes).replace(
          '"refund_ceiling_cents": 5000',
          '"refund_ceiling_cents": 9000',
        ),
      );
      assert.equal((await verify({}, changed)).code, "say_token_signature_invalid");
      for (const more of [{ callId: undefined }, { key: undefined }, { amountCents: -1 }, { callid: "x" }]) {
        await assert.rejects(verify(more), { code: "invalid_input" });
      }
      await gate.close();
    }),
);

test(
  ["mintSayToken"],
  "mintSayToken() gives none for any other verdict, another intent, no trace, a broken gate, or one's own approval",
  () =>
    onStage(async ({ path, write }) => {
      await write("policy.yaml", SPEECH);
      const key = await generateKey();
      await write("approver.key", gait.formatPublicKey(key.public));
      const high = { ...COMMITMENT, context: { ...COMMITMENT.context, risk_class: "high" } };
      const gate = await openGate({
        policy: path("policy.yaml"),
        traceDir: path("t"),
        keys: { approval: { file: path("approver.key") } },
      });
      const stopped = await mintSayToken(gate, high, { key });
      assert.deepEqual([stopped.decision.verdict, stopped.sayToken], ["require_approval", undefined]);
      const blocked = await mintSayToken(gate, { ...COMMITMENT, commitment_class: "quote" }, { key });
      assert.deepEqual([blocked.decision.verdict, blocked.sayToken], ["block", undefined]);
      const simulating = await openGate({ policy: path("policy.yaml"), traceDir: path("t"), simulate: true });
      for (const one of [high, COMMITMENT, { ...COMMITMENT, commitment_class: "quote" } as const]) {
        await assert.rejects(mintSayToken(simulating, one, { key }), { code: "invalid_input" });
      }
      await simulating.close();
      const { intentDigest, policyDigest, requiredScope } = stopped.decision;
      const approvedBy = async (approver: string) => {
        const approval = {
          intentDigest,
          policyDigest,
          scope: requiredScope!,
          approver,
          reasonCode: "C-1",
          ttl: "5m",
        };
        return [(await mintApproval(approval, key)).token];
      };
      await assert.rejects(
        mintSayToken(gate, high, { key, approvalTokens: await approvedBy("agent.desk") }),
        {
          code: "verification_failed",
        },
      );
      const passed = await mintSayToken(gate, high, { key, approvalTokens: await approvedBy("dana") });
      assert.ok(passed.sayToken);
      await gate.close();

      const untraced = await openGate({ policy: path("policy.yaml") });
      await assert.rejects(mintSayToken(untraced, COMMITMENT, { key }), { code: "invalid_input" });
      await untraced.close();
      const lying = {
        decide: async () => ({ ...await Promise.resolve(passed.decision), verdict: "allow" as const }),
      };
      await assert.rejects(mintSayToken(lying, COMMITMENT, { key }), { code: "verification_failed" });
      await assert.rejects(mintSayToken(gate, COMMITMENT, { key })); // it is closed
      for (
        const wrong of [{ call_seq: 0 }, { commitment_class: "promise" }, { refund_ceiling_cents: 1.5 }, {
          Call_ID: "x",
        }]
      ) {
        await assert.rejects(
          mintSayToken(lying, { ...COMMITMENT, ...wrong } as gait.Commitment, { key }),
          { code: "invalid_input" },
        );
      }
    }),
);
