/** What an agent, or whoever forwards its calls, may try at `gait mcp proxy` (docs/spec/mcp.md section 8). */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";

const ALLOW = "default_verdict: allow\n";
const CONTEXT = { identity: "agent", workspace: "/srv", session_id: "s", risk_class: "low" };

async function proxy({ gaitWith }: Stage, call: unknown, ...args: string[]) {
  const stdin = typeof call === "string" ? call : JSON.stringify(call);
  return await gaitWith({ stdin }, ..."mcp proxy --policy policy.yaml --call - --json".split(" "), ...args);
}

Deno.test("a call with two names, or a name in another case, is no call in any format", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", ALLOW);
    const smuggled: [adapter: string, call: string][] = [
      ["mcp", '{"name":"tool.read","name":"tool.delete"}'],
      ["mcp", '{"name":"tool.delete","NAME":"tool.read"}'],
      ["mcp", '{"name":"a","args":{"deep":[{"x":1,"x":2}]}}'],
      ["mcp", '{"name":"a","Args":{}}'],
      ["mcp", '{"name":"a","\\u0061rgs":{},"args":{"x":1}}'],
      ["mcp", '{"name":"a","target\\u017f":[]}'],
      ["mcp", '{"name":"a","context":{"identity":"a","Identity":"b"}}'],
      ["mcp", '{"name":"a","targets":[{"kind":"path","value":"/a","Value":"/b"}]}'],
      ["mcp", '{"name":"a","targets":[{"kind":"path","value":"/a","readonlyhint":true}]}'],
      ["mcp", '{"name":"a","targets":[{"kind":"path","value":"/a","annotations":{"READONLYHINT":true}}]}'],
      ["mcp", '{"name":"a","arg_provenance":[{"arg_path":"x","source":"user","Source":"external"}]}'],
      ["mcp", '{"name":"a","delegation":{"requester_identity":"a","Chain":[]}}'],
      ["mcp", '{"name":"a","server":{"server_id":"a","Server_ID":"b"}}'],
      ["mcp", '{"script":{"steps":[{"name":"a","Name":"b"}]}}'],
      ["openai", '{"function":{"name":"a","Name":"b"}}'],
      ["openai", '{"function":{"name":"a"},"Function":{"name":"b"}}'],
      ["openai", '{"function":{"name":"a","arguments":"{\\"x\\":1,\\"x\\":2}"}}'],
      ["anthropic", '{"name":"a","Input":{}}'],
      ["langchain", '{"tool":"a","TOOL":"b"}'],
      ["langchain", '{"tool":"a","tool_input":"{\\"x\\":{\\"y\\":1,\\"y\\":2}}"}'],
      ["claude_code", '{"tool_name":"Bash","Tool_Name":"Read"}'],
      ["claude_code", '{"tool_name":"Read","tool_input":{"file_path":"/a","File_Path":"/etc/shadow"}}'],
    ];
    for (const [adapter, call] of smuggled) {
      const { code, json } = await proxy(stage, call, "--adapter", adapter);
      assert.deepEqual([code, json.error_code, json.executed], [6, "invalid_input", false], call);
    }
    assert.deepEqual(await stage.files(), ["policy.yaml"]);
  }));

Deno.test("an integer that a double would change is refused, in text and in nested arguments", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", ALLOW);
    assert.equal((await proxy(stage, '{"name":"pay","args":{"id":9007199254740993}}')).code, 6);
    const nested = '{"function":{"name":"pay","arguments":"{\\"id\\":9007199254740993}"}}';
    assert.equal((await proxy(stage, nested, "--adapter", "openai")).code, 6);
    assert.equal((await proxy(stage, '{"name":"pay","args":{"id":9007199254740991}}')).code, 0);
  }));

Deno.test("what a rule demands holds at the boundary as in gate eval, and is counted in the same file", () =>
  onStage(async (stage) => {
    const rule = (name: string, demand: string) =>
      `  - name: ${name}\n    effect: allow\n    match: {tool_names: [${name}]${
        name === "deleg" ? ", require_delegation: true" : ""
      }}\n${demand}`;
    await stage.write(
      "policy.yaml",
      "default_verdict: block\nrules:\n" + [
        rule("cred", "    require_broker_credential: true\n"),
        rule("rate", "    rate_limit: {requests: 2, window: hour, scope: tool}\n"),
        rule("budget", "    destructive_budget: {requests: 1, window: hour, scope: tool}\n"),
        rule("deleg", ""),
      ].join(""),
    );
    const targets = (
      name: string,
    ) => [{ kind: "path", value: "/a", operation: name === "budget" ? "delete" : "read" }];
    const call = (name: string, more = {}) => ({ name, context: CONTEXT, targets: targets(name), ...more });
    const intent = (name: string) =>
      JSON.stringify({ tool_name: name, args: {}, targets: targets(name), context: CONTEXT });
    const cases: [name: string, verdicts: string[], reason: string][] = [
      ["cred", ["block"], "broker_credential_required"],
      ["rate", ["allow", "allow", "block"], "rate_limit_exceeded"],
      ["budget", ["require_approval", "block"], "destructive_budget_exceeded"],
    ];
    for (const [name, verdicts, reason] of cases) {
      let last;
      for (const verdict of verdicts) {
        last = (await proxy(stage, call(name))).json;
        assert.equal(last.verdict, verdict, name);
      }
      assert.ok(last.reason_codes.includes(reason), `${name}: ${last.reason_codes}`);
      await stage.write("intent.json", intent(name));
      const evaluated = await stage.gait`gate eval --policy policy.yaml --intent intent.json --json`;
      assert.deepEqual([evaluated.json.verdict, evaluated.json.reason_codes], [
        last.verdict,
        last.reason_codes,
      ]);
    }
    const delegation = {
      requester_identity: "agent",
      chain: [{ delegator_identity: "boss", delegate_identity: "agent" }],
    };
    const delegated = await proxy(stage, call("deleg", { delegation }));
    assert.deepEqual([delegated.code, delegated.json.verdict], [3, "block"]);
    assert.ok(delegated.json.reason_codes.some((code: string) => code.startsWith("delegation_")));
  }));

Deno.test("a broker that is named releases the credential that a rule demands", () =>
  onStage(async (stage) => {
    await stage.write(
      "policy.yaml",
      "default_verdict: block\nrules:\n  - {name: c, effect: allow, match: {tool_names: [cred]}, require_broker_credential: true}\n",
    );
    const { code, json } = await proxy(
      stage,
      { name: "cred", context: CONTEXT },
      "--credential-broker",
      "stub",
    );
    assert.deepEqual([code, json.verdict], [0, "allow"]);
  }));

Deno.test("all paths and the key are checked before anything is written or counted", () =>
  onStage(async (stage) => {
    await stage.write(
      "policy.yaml",
      "default_verdict: block\nrules:\n  - {name: r, effect: allow, match: {tool_names: [t]}, rate_limit: {requests: 1, window: hour, scope: identity}}\n",
    );
    await stage.write("notes.txt", "mine");
    const good = "--trace-out t.json --runpack-out r.zip --pack-out p.zip --export-log-out l.jsonl".split(
      " ",
    );
    const bad = [
      ["--pack-out", "../p.zip"],
      ["--runpack-out", "t.json"],
      ["--export-log-out", "./t.json"],
      ["--export-otel-out", "l.jsonl"],
      ["--export-otel-out", "."],
      ["--pack-out", "notes.txt"],
      ["--trace-out", "policy.yaml"],
      ["--key-mode", "prod"],
      ["--key-mode", "prod", "--private-key", "none.key"],
      ["--context-envelope", "../e.json"],
    ];
    for (const args of bad) {
      assert.equal(
        (await proxy(stage, { name: "t", context: CONTEXT }, ...good, ...args)).code,
        6,
        args.join(" "),
      );
      assert.deepEqual(await stage.files(), ["notes.txt", "policy.yaml"], args.join(" "));
    }
    const { code } = await proxy(stage, { name: "t", context: CONTEXT }, ...good);
    assert.equal(code, 0);
    assert.equal(await stage.read("notes.txt"), "mine");
  }));

Deno.test("lines are appended to a log of their own format, and to no other file", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", ALLOW);
    const logs = ["--export-log-out", "l.jsonl", "--export-otel-out", "o.jsonl"];
    for (let i = 0; i < 2; i++) assert.equal((await proxy(stage, { name: "tool.read" }, ...logs)).code, 0);
    await stage.write("key", "c2VlZA==\n");
    for (
      const [flag, path] of [["log", "key"], ["otel", "key"], ["otel", "l.jsonl"], ["log", "o.jsonl"], [
        "log",
        "policy.yaml",
      ]]
    ) {
      const before = [await stage.files(), await stage.read(path!)];
      const { code, json } = await proxy(stage, { name: "tool.read" }, `--export-${flag}-out`, path!);
      assert.deepEqual([code, json.error_detail], [6, "output_exists"], path);
      assert.deepEqual([await stage.files(), await stage.read(path!)], before, path);
    }
  }));

Deno.test("evidence of an earlier decision is never replaced by that of a later one", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", ALLOW);
    const out = "--trace-out t.json --runpack-out r.zip --pack-out p.zip".split(" ");
    await proxy(stage, { name: "one", context: CONTEXT }, ...out);
    const [trace, runpack] = [await stage.read("t.json"), await stage.bytes("r.zip")];
    const { code, json } = await proxy(stage, { name: "two", context: CONTEXT }, ...out);
    assert.equal(code, 0);
    assert.equal(json.kept_records.length, 3);
    assert.equal(await stage.read(json.kept_records[0]), trace);
    assert.deepEqual(await stage.bytes(json.kept_records[1]), runpack);
  }));

Deno.test("a missing file whose name contains lock or timeout is invalid input", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", ALLOW);
    for (const name of ["block.json", "lock.json", "timeout.json"]) {
      const { code, json } = await stage.gait`mcp proxy policy.yaml ${name} --json`;
      assert.deepEqual([code, json.error_code], [6, "invalid_input"]);
    }
  }));

Deno.test("a call may not choose its own evidence, and does not bring its own claims", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", ALLOW);
    const context = { ...CONTEXT, context_envelope_path: "e.json" };
    assert.equal((await proxy(stage, { name: "t", context })).code, 6);
    const claims = { ...CONTEXT, auth_context: { context_age_seconds: 1 } };
    const [claimed, plain] = [
      await proxy(stage, { name: "t", context: claims }, "--trace-out", "a.json"),
      await proxy(stage, { name: "t", context: CONTEXT }, "--trace-out", "b.json"),
    ];
    assert.equal(claimed.json.intent_digest, plain.json.intent_digest);
    assert.notEqual(claimed.json.run_id, plain.json.run_id);
  }));

Deno.test("every path that an input of Claude Code names is decided, not only the first", () =>
  onStage(async (stage) => {
    await stage.write(
      "policy.yaml",
      "default_verdict: allow\nrules:\n  - {name: s, effect: block, match: {target_values: [/etc/shadow]}}\n",
    );
    for (
      const input of [{ path: "/tmp/x", file_path: "/etc/shadow" }, { path: "/etc/shadow", file: "/tmp/x" }]
    ) {
      const { code } = await proxy(
        stage,
        { tool_name: "Read", tool_input: input },
        "--adapter",
        "claude_code",
      );
      assert.equal(code, 3, JSON.stringify(input));
    }
  }));
