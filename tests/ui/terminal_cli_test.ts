/** What `gait ui` shows on a terminal and nowhere else: the link with its code, and the codes of approvals. */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage } from "../support/gait.ts";
import { testUnless } from "../support/test_unless.ts";
import { missingTerminal, onTerminal } from "./on_terminal.ts";

testUnless(
  missingTerminal,
  "the link on the terminal opens one session, once",
  () =>
    onStage(async (stage) => {
      await onTerminal(stage, [], async ({ shows, url }) => {
        const code = (await shows(/#code=([0-9a-f]{32})/))[1]!;
        const open = async () => {
          const answer = await fetch(`${url}api/session`, {
            method: "POST",
            headers: { authorization: `Bearer ${code}`, "content-type": "application/json" },
            body: "{}",
          });
          return { status: answer.status, json: await answer.json() };
        };
        const first = await open();
        assert.equal(first.status, 200);
        assert.match(first.json.token, /^[0-9a-f]{64}$/);
        assert.equal((await open()).status, 401);
        const headers = { authorization: `Bearer ${first.json.token}` };
        const about = await fetch(`${url}api/about`, { headers });
        assert.equal(about.status, 200);
        await about.body?.cancel();
        const withCode = await fetch(`${url}api/about`, { headers: { authorization: `Bearer ${code}` } });
        assert.equal(withCode.status, 401);
        await withCode.body?.cancel();
      });
    }),
);

const POLICY = `default_verdict: block
rules:
  - name: pay
    priority: 1
    effect: require_approval
    match: {tool_names: [tool.pay]}
`;

const INTENT = JSON.stringify({
  ...{ schema_id: "gait.gate.intent_request", schema_version: "1.0.0", created_at: "2026-11-20T08:00:00Z" },
  ...{ producer_version: "t", tool_name: "tool.pay", args: { to: "\u202eACME" }, targets: [] },
  context: { identity: "agent", workspace: "/w", risk_class: "high" },
});

testUnless(
  missingTerminal,
  "a process that holds the token of the page can't approve, a person at the terminal can",
  () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", POLICY);
      await stage.write("intents/pay.json", INTENT);
      await stage.gait`keys init --out-dir keys`;
      const eval_ = argv`gate eval --policy policy.yaml --intent intents/pay.json --json`;
      assert.equal((await stage.gait(...eval_, "--trace-out", "trace_pay.json")).code, 4);
      const args = [
        ...argv`--token-env GAIT_UI_TOKEN --policy policy.yaml`,
        ...argv`--approver dana --approval-private-key keys/gait_private.key`,
      ];
      await onTerminal(stage, args, async ({ ask, shows }) => {
        const { json: { waiting, minting } } = await ask("approvals");
        assert.deepEqual([waiting.length, minting.enabled, minting.approver], [1, true, "dana"]);
        const request = {
          path: "trace_pay.json",
          reason_code: "CHG-7",
          ttl: "30m",
          approver: "mallory",
          single_use: true,
        };
        for (const name of ["intent_digest", "policy_digest", "delegation_binding_digest"]) {
          const other = await ask("approval/start", { ...request, [name]: "0".repeat(64) });
          assert.equal(other.status, 400, `the page showed another ${name}`);
        }
        const { signs: { intent_digest, policy_digest } } = (await ask("approval", request)).json;
        const started = await ask("approval/start", { ...request, intent_digest, policy_digest });
        assert.equal(started.status, 200);
        const { request_id } = started.json;
        assert.doesNotMatch(JSON.stringify(started.json), /\b\d{8}\b/, "the code is not in the answer");
        assert.equal(started.json.signs.approver, "dana", "the identity is not the page's to choose");
        const tokens = async () =>
          (await stage.files()).filter((name) => /^\.gait\/approvals\/approval_[0-9a-f]+\.json$/.test(name));

        // What holds the token may guess, three times.
        for (const code of ["00000000", "", "99999999"]) {
          assert.equal((await ask("approval/confirm", { request_id, code })).status, 400);
        }
        const code = (await shows(/tool +tool\.pay[^]*code +(\d{8})/))[1]!;
        assert.equal(
          (await ask("approval/confirm", { request_id, code })).status,
          400,
          "the request is void by now",
        );
        assert.deepEqual(await tokens(), []);

        // A person asks again, and types what the terminal shows.
        const again = await ask("approval/start", request);
        const shown = (await shows(new RegExp(`(?<!^)code +${code}[^]*code +(\\d{8})`)))[1]!;
        assert.equal(
          (await ask("approval/confirm", { request_id, code: shown })).status,
          400,
          "a code is for one request",
        );
        const done = await ask("approval/confirm", {
          request_id: again.json.request_id,
          code: ` ${shown.slice(0, 4)} ${shown.slice(4)}`,
        });
        assert.equal(done.status, 200);
        assert.deepEqual(await tokens(), [done.json.token_path]);
        assert.equal(
          (await ask("approval/confirm", { request_id: again.json.request_id, code: shown })).status,
          400,
        );
        const token = JSON.parse(await stage.read(done.json.token_path));
        assert.deepEqual([token.approver_identity, token.reason_code, token.scope], ["dana", "CHG-7", [
          "tool:tool.pay",
          "use:single",
        ]]);
        const passed = await stage.gait(
          ...eval_,
          ...argv`--approval-token ${done.json.token_path} --approval-public-key keys/gait_public.key`,
        );
        assert.equal(passed.json.verdict, "allow");
      });
    }),
);

Deno.test("approvals need a terminal, an identity and a key, or they stay off", () =>
  onStage(async ({ gait, write }) => {
    await gait`keys init --out-dir keys`;
    await write("x", "");
    const code = async (...more: string[]) =>
      (await gait("ui", "--listen=127.0.0.1:0", "--open-browser=false", "--json", ...more)).code;
    assert.equal(await code("--approver", "dana"), 6);
    assert.equal(await code("--approval-private-key", "keys/gait_private.key"), 6);
    assert.equal(
      await code("--approver", "da\u200bna", "--approval-private-key", "keys/gait_private.key"),
      6,
    );
    assert.equal(await code("--approver", "dana", "--approval-private-key", "keys/gait_private.key"), 8);
  }));
