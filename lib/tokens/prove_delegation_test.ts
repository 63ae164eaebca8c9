import assert from "node:assert/strict";
import { parseTime } from "../formats/time.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import { alice, bob, delegationOf } from "../../tests/support/authority.ts";
import { aDelegation } from "../../tests/support/gate.ts";
import type { Delegation } from "../intent/types.ts";
import { parseDelegationToken } from "./delegation_token.ts";
import { proveDelegation } from "./prove_delegation.ts";

const NOW = parseTime("2026-01-02T03:04:05Z");
const chain = aDelegation(["lead", "agent-3", "agent-7"]);
const [one, two] = await Promise.all([delegationOf("lead", "agent-3"), delegationOf("agent-3", "agent-7")]);

async function prove(delegation: Delegation | undefined, tokens: JsonObject[], requiredScope: string[] = []) {
  const proof = await proveDelegation(tokens.map((token) => parseDelegationToken(token, "token")), {
    delegation,
    requiredScope,
    intentDigest: "",
    policyDigest: "",
    now: NOW,
    key: alice.public,
  });
  return {
    complete: proof.complete,
    ref: proof.ref.split(",").filter((id) => id !== "").length,
    codes: proof.entries.map(({ errorCode }) => errorCode ?? ""),
  };
}

Deno.test("proveDelegation() needs a token for every link", async () => {
  assert.deepEqual(await prove(chain, [two, one]), { complete: true, ref: 2, codes: ["", ""] });
  assert.deepEqual(await prove(chain, [one]), {
    complete: false,
    ref: 1,
    codes: ["delegation_token_missing", ""],
  });
});

Deno.test("proveDelegation() uses a token for one link only", async () => {
  const same = aDelegation(["a", "b", "a", "b"]);
  const token = await delegationOf("a", "b");
  const back = await delegationOf("b", "a");
  assert.equal((await prove(same, [token, back])).complete, false);
  assert.equal(
    (await prove(same, [token, back, await delegationOf("a", "b", { scope: ["more"] })])).complete,
    true,
  );
});

Deno.test("proveDelegation() counts no token that was made later than now, by more than clocks differ", async () => {
  const early = await delegationOf("lead", "agent-3", { now: Date.parse(NOW) + 300_001 });
  const proof = await prove(chain, [early, two]);
  assert.equal(proof.complete, false);
  assert.ok(proof.codes.includes("delegation_token_from_future"));
  const skewed = await delegationOf("lead", "agent-3", { now: Date.parse(NOW) + 300_000 });
  assert.equal((await prove(chain, [skewed, two])).complete, true);
});

Deno.test("proveDelegation() gives a code for tokens that match no link", async () => {
  const foreign = await delegationOf("lead", "agent-3", {}, bob);
  assert.deepEqual((await prove(chain, [foreign, two])).codes, [
    "",
    "delegation_token_missing",
    "delegation_token_signature_invalid",
  ]);
  assert.deepEqual((await prove(chain, [one, two, await delegationOf("x", "y")])).codes, [
    "",
    "",
    "delegation_token_chain_mismatch",
  ]);
});

Deno.test("proveDelegation() takes an empty chain for one link to the requester", async () => {
  const delegation = aDelegation([], { requesterIdentity: "agent-7" });
  assert.equal((await prove(delegation, [two])).complete, true);
  assert.deepEqual(await prove(delegation, [one]), {
    complete: false,
    ref: 0,
    codes: ["delegation_token_missing", "delegation_token_delegate_mismatch"],
  });
});

Deno.test("proveDelegation() proves nothing for an intent without delegation", async () => {
  assert.equal((await prove(undefined, [one, two])).complete, false);
});

Deno.test("proveDelegation() accepts any one of the scopes, or the class", async () => {
  const delegation = aDelegation(["agent-3", "agent-7"]);
  assert.equal((await prove(delegation, [two], ["read", "write"])).complete, true);
  assert.equal((await prove(delegation, [two], ["Write"])).complete, true);
  assert.equal((await prove(delegation, [two], ["read"])).complete, false);
  const classed = await delegationOf("agent-3", "agent-7", { scope: ["x"], scopeClass: "Read" });
  assert.equal((await prove(delegation, [classed], ["read"])).complete, true);
});

Deno.test("proveDelegation() rejects an expired link, and every link of an expired delegation", async () => {
  const ended = (expiresAt: string): Delegation => ({
    ...chain,
    chain: chain.chain.map((link, i) => i === 0 ? { ...link, expiresAt: parseTime(expiresAt) } : link),
  });
  assert.deepEqual(await prove(ended(NOW), [one, two]), {
    complete: false,
    ref: 1,
    codes: ["", "delegation_link_expired", "delegation_token_chain_mismatch"],
  });
  assert.equal((await prove(ended("2026-01-02T03:04:06Z"), [one, two])).complete, true);
  assert.equal((await prove({ ...chain, expiresAt: NOW }, [one, two])).complete, false);
});
