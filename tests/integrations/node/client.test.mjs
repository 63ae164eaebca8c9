/** The client in Node and Bun: whatever the other side does, no call is decided in its favour, and nothing hangs. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { generateKey, guardTool, mintSayToken, openGate, RefusedError, verifySayToken } from "@gait/gait";
import { ALLOW, context, fails, fake, HANGING, HELLO, intent } from "./fakes.mjs";
import { onStage } from "./stage.mjs";

test("many calls at once get their own answers", () =>
  onStage(async ({ gate }) => {
    const calls = Array.from({ length: 60 }, (_, n) => ["read_file", "write_file", "burn"][n % 3]);
    const verdicts = await Promise.all(
      calls.map(async (tool_name, n) => (await gate.decide({ tool_name, args: { n }, context })).verdict),
    );
    assert.deepEqual(verdicts, calls.map((_, n) => ["allow", "require_approval", "block"][n % 3]));
    await assert.rejects(gate.decide({ tool_name: "read_file", args: { at: new Date() }, context }), fails());
    await assert.rejects(gate.decide({ tool_name: "x".repeat(2 << 20), context }), fails());
    await assert.rejects(gate.decide({ tool_name: "read_file" }), (error) => error.code === "invalid_input");
    assert.equal((await gate.decide(intent)).verdict, "allow");
    await gate.close();
    await assert.rejects(gate.decide(intent), fails("closed"));
  }));

test("the gate of the executable lets a sentence be spoken, and a token is checked in this process", () =>
  onStage(async ({ gate }) => {
    const commitment = {
      created_at: "2026-03-02T09:00:02Z",
      call_id: "call_12",
      turn_index: 4,
      call_seq: 3,
      commitment_class: "refund",
      currency: "EUR",
      refund_ceiling_cents: 5000,
      context: { identity: "agent.desk", workspace: "/srv", risk_class: "low" },
    };
    const key = await generateKey();
    const { sayToken } = await mintSayToken(gate, commitment, { key });
    const wanted = {
      key: key.public,
      callId: "call_12",
      turnIndex: 4,
      callSeq: 3,
      commitmentClass: "refund",
    };
    assert.equal((await verifySayToken(sayToken.bytes, wanted)).ok, true);
    assert.equal((await verifySayToken(sayToken.bytes, { ...wanted, callSeq: 4 })).ok, false);
    const blocked = await mintSayToken(gate, { ...commitment, commitment_class: "quote" }, { key });
    assert.deepEqual([blocked.decision.verdict, blocked.sayToken], ["block", undefined]);
    const stopped = await gate.decide({ tool_name: "write_file", context });
    assert.deepEqual(stopped.requiredScope, ["tool:write_file"]);
  }));

test("a gate that is not there", async () => {
  const missing = openGate({ policy: "p", gaitBin: "/no/such/gait" });
  await assert.rejects(missing.decide(intent), (error) => error.code === "dependency_missing");
  const run = guardTool(missing, { name: "t", context }, () => assert.fail("the tool ran"));
  await assert.rejects(run({}), RefusedError);
  await missing.close();
  for (const socket of ["/no/such/socket", process.execPath]) {
    const gate = openGate({ socket });
    await assert.rejects(gate.decide(intent), fails("not_found"));
    await gate.close();
  }
  assert.throws(() => openGate({}), fails());
  for (const name of [tmpdir(), import.meta.filename]) {
    const gate = openGate({ policy: "p", gaitBin: name });
    await assert.rejects(gate.decide(intent), /it is a folder|it may not be executed/);
    await gate.close();
  }
  assert.throws(() => openGate({ policy: "p", timeout: 0 }), fails());
});

test("options that the gate does not know, or can't use, are refused before anything starts", async () => {
  for (
    const [options, message, hint] of [
      [undefined, /expected an object/],
      ["policy.yaml", /expected an object/],
      [{ tracedir: "t" }, /Unknown member "tracedir"/, /traceDir/],
      [{ expectpolicydigest: "a" }, /Unknown member/, /expectPolicyDigest/],
      [{ keys: { signing: { file: "k" } } }, /Unknown member "keys"/, /privateKey/],
      [{ profile: "oss-prod" }, /Unknown member "profile"/, /flags/],
      [{ policy: new URL("file:///policy.yaml") }, /"policy" of options: expected a text/, /fileURLToPath/],
      [{ keyMode: "production" }, /expected one of dev, prod/],
      [{ privateKey: null }, /expected a text/],
      [{ gaitBin: [] }, /expected a text, or a list/],
      [{ flags: { "--profile": "standard" } }, /without dashes/],
      [{ flags: { simulate: false } }, /texts and true/],
      [{ timeout: "30s" }, /expected a number/],
    ]
  ) {
    const given = typeof options === "object" ? { policy: "p", ...options } : options;
    assert.throws(() => openGate(given), (error) => {
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint ?? /^/);
      return error.code === "invalid_input";
    });
  }
  for (const gaitBin of [undefined, "/no/such/gait"]) {
    const gate = openGate({ policy: "p", ...(gaitBin && { gaitBin }) });
    await assert.rejects(gate.decide(intent, { approvalToken: [] }), /Unknown member "approvalToken"/);
    await gate.close();
  }
});

test("what a gate said last is one line", async () => {
  const gate = openGate({ policy: "/no/such/policy", gaitBin: process.env.GAIT_BIN });
  await assert.rejects(gate.decide(intent), (error) => {
    assert.match(error.message, /no such file or folder \| next: /);
    return error.detail === "start_failed";
  });
  await gate.close();
});

for (
  const [what, answers, detail] of [
    ["a gate that prints something else", ["Usage: x"], "garbage"],
    ["a gate that decides an empty call", [ALLOW], "garbage"],
    ["an answer for a line that was not asked", [HELLO, ALLOW.replace("ID", "77")], "garbage"],
    ["an allow that contradicts itself", [HELLO, ALLOW.replace('"exit_code":0', '"exit_code":3')], "garbage"],
    ["an error that allows", [HELLO, ALLOW.replace("true", "false")], "garbage"],
    ["a verdict that occurs twice", [HELLO, ALLOW.replace("{", '{"verdict":"block",')], "garbage"],
    ["a verdict that is unknown", [HELLO, ALLOW.replace('"allow"', '"ALLOW"')], "garbage"],
    ["a gate that dies at its start", [null], "start_failed"],
    ["a gate that dies in the middle", [HELLO, null], "died"],
    ["a gate that hangs", [HELLO, ""], "timeout"],
    ["a gate that never says anything", [""], "timeout"],
  ]
) {
  const options = detail === "timeout" ? { timeout: HANGING } : {};
  test(what, () => fake(answers, (gate) => assert.rejects(gate.decide(intent), fails(detail)), options));
}

test("after a gate died, the next call gets a new one", () =>
  fake([HELLO, ALLOW, null], async (gate) => {
    assert.equal((await gate.decide(intent)).verdict, "allow");
    await assert.rejects(gate.decide(intent), fails("died"));
    assert.equal((await gate.decide(intent)).verdict, "allow");
  }));

test("an answer under another policy fails", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gait-sock-"));
  const path = join(folder, "g.sock");
  const server = createServer((socket) =>
    socket.on("data", (data) => {
      for (const line of String(data).trim().split("\n")) {
        const { id } = JSON.parse(line);
        const answer = id === 1 ? HELLO : ALLOW.replace("ID", id).replace("}", ',"policy_digest":"bbb"}');
        socket.write(answer + "\n");
      }
    })
  );
  await new Promise((resolve) => server.listen(path, resolve));
  const gate = openGate({ socket: path, expectPolicyDigest: "aaa" });
  await assert.rejects(gate.decide(intent), (error) => error.code === "verification_failed");
  const other = openGate({ socket: path, expectPolicyDigest: "bbb" });
  assert.equal((await other.decide(intent)).verdict, "allow");
  await Promise.all([gate.close(), other.close()]);
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});
