import assert from "node:assert/strict";
import { aGate } from "../../tests/support/authority.ts";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { COMMITMENT } from "../../tests/support/sample_calls.ts";
import { utf8 } from "../formats/bytes.ts";
import { askToSpeak, speechGate } from "./ask.ts";
import { readCommitment } from "./commitment.ts";

/** The answer of a policy about the sample commitment, and the number of recorded decisions. */
async function ask(policy: string, members: object = {}, approvalArtifacts?: ReadonlySet<string>) {
  const recorded: string[] = [];
  const commitment = readCommitment(utf8(JSON.stringify({ ...COMMITMENT, ...members })), "commitment");
  const answer = await askToSpeak(
    await aGate({ policy }),
    { commitment, ttl: 120_000_000_000n, approvals: [], correlationId: "c", approvalArtifacts },
    fakeEffects(),
    (decision) => {
      recorded.push(decision.outcome.verdict);
      assert.equal(decision.approvalAudit, undefined, "nobody was asked to approve");
      return Promise.resolve({ trace: "t.json" });
    },
  );
  return { ...answer, recorded };
}

Deno.test("askToSpeak() makes a token when the verdict is allow and its trace is written, else none", async () => {
  for (const verdict of ["allow", "dry_run", "require_approval", "block"]) {
    const { minted, recorded, paths } = await ask(`default_verdict: ${verdict}`);
    assert.deepEqual([minted !== undefined, recorded, paths], [verdict === "allow", [verdict], {
      trace: "t.json",
    }]);
  }
});

Deno.test("askToSpeak() notes a promise that says it needs approval, and that nobody approved", async () => {
  const notes = async (members: object) => (await ask("default_verdict: allow", members)).notes.length;
  assert.deepEqual([await notes({}), await notes({ approval_required: true })], [0, 1]);
});

Deno.test("approvalDemand() holds a promise to the approvals that it asks for and names, and weakens no verdict", async () => {
  const digest = "ab".repeat(32);
  const asked = async (members: object, artifacts: string[], policy = "default_verdict: allow") => {
    const { minted, decision: { outcome } } = await ask(policy, members, new Set(artifacts));
    return [
      minted !== undefined,
      outcome.verdict,
      ...outcome.reasonCodes.filter((code) => /commitment/.test(code)),
    ];
  };
  assert.deepEqual(await asked({}, []), [true, "allow"]);
  const needs = { approval_required: true };
  assert.deepEqual(await asked(needs, []), [false, "require_approval", "commitment_approval_required"]);
  for (const ref of [digest, `sha256:${digest}`, `SHA256:${digest.toUpperCase()}`]) {
    const names = { approval_artifact_refs: [ref] };
    assert.deepEqual(await asked(names, [digest]), [true, "allow"], ref);
    assert.deepEqual(await asked(names, []), [false, "block", "commitment_approval_missing"], ref);
  }
  const both = { ...needs, approval_artifact_refs: ["memo"] };
  assert.deepEqual(await asked(both, [digest]), [
    ...[false, "block"],
    ...["commitment_approval_missing", "commitment_approval_required"],
  ]);
  assert.equal((await asked(needs, [], "default_verdict: block"))[1], "block");
});

Deno.test("speechGate() lets nobody approve a promise of their own, whatever the options say", () => {
  for (const approvals of [{}, { refuseSelfApproval: false, singleUse: true }]) {
    assert.deepEqual(speechGate({ policy: "p", approvals }).approvals, {
      ...approvals,
      refuseSelfApproval: true,
    });
  }
});
