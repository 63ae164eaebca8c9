/** The hooks of coding agents: what is not allowed stops with the one status that stops there (docs/hooks.md). */
import assert from "node:assert/strict";
import { CONTRACTS, HOOK_CLIENTS } from "../../lib/mcp/hooks/clients.ts";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { HOOK_POLICY, hookEvent, unreadableEvents } from "./hook_events.ts";

const hook = ({ gaitWith }: Stage, client: string, stdin: string, ...flags: string[]) =>
  gaitWith({ stdin }, "hook", client, "--policy", "policy.yaml", ...flags);

for (const client of HOOK_CLIENTS) {
  Deno.test(`hook ${client}: allow alone passes; every other verdict ends with 2, and says why on standard error`, () =>
    onStage(async (stage) => {
      await stage.write("policy.yaml", HOOK_POLICY);
      const allowed = await hook(stage, client, hookEvent(client, "Read"));
      assert.deepEqual([allowed.code, allowed.stdout, allowed.stderr], [0, "{}\n", ""]);
      const refused = ["Write", "Bash", "ask", "something else"];
      const reasons = ["matched_rule_write", "default_block", "matched_rule_ask", "default_block"];
      for (const [at, tool] of refused.entries()) {
        const { code, stdout, stderr } = await hook(stage, client, hookEvent(client, tool));
        assert.equal(code, 2, tool);
        assert.ok(stderr.includes(reasons[at]!), stderr);
        const refusal = CONTRACTS[client].refusal(CONTRACTS[client].before[0]!, stderr.trimEnd());
        assert.deepEqual(JSON.parse(stdout), refusal);
        const asJson = await hook(stage, client, hookEvent(client, tool), "--answer", "json");
        assert.equal(asJson.code, 0);
        assert.deepEqual(JSON.parse(asJson.stdout), refusal);
      }
    }));
}

Deno.test("a hook that can't decide stops the call, whatever the reason", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", HOOK_POLICY);
    await stage.write("broken.yaml", "rules: [");
    await stage.write("a-file", "");
    const good = hookEvent("claude-code", "Read");
    const fails = async (stdin: string, ...flags: string[]) => {
      const { code, stdout, stderr } = await stage.gaitWith({ stdin }, "hook", "claude-code", ...flags);
      assert.equal(code, 2, JSON.stringify([stdin.slice(0, 80), flags]));
      assert.ok(stderr.length > 0);
      assert.ok(!stdout.includes("allow"));
    };
    const policy = ["--policy", "policy.yaml"];
    const large = ["[".repeat(200_000), JSON.stringify("x".repeat(70 << 20))];
    for (const stdin of [...unreadableEvents("claude-code"), ...large]) await fails(stdin, ...policy);
    await fails(good);
    await fails(good, "--policy", "absent.yaml");
    await fails(good, "--policy", "broken.yaml");
    await fails(good, "--policy=");
    await fails(good, ...policy, "--polcy", "x");
    await fails(good, ...policy, "--trace-dir", "a-file");
    await fails(good, ...policy, "--trace-dir", "../outside");
    await fails(good, ...policy, "--key-mode", "prod");
    await fails(good, ...policy, "--profile", "oss-prod");
    await fails(good, ...policy, "--answer", "maybe");
  }));

Deno.test("a refusal is readable for the agent, whatever stands in the call and however it is asked for", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", HOOK_POLICY);
    const unseen = "\u009b\u{e0001}\u007f\u202e";
    const input = `{"command":"ls","${unseen}":1,"${unseen}":2}`;
    const hook = argv`hook claude-code --policy policy.yaml --answer json`;
    const events = [
      hookEvent("claude-code", "Read", { hook_event_name: unseen }),
      hookEvent("claude-code", "Read", { tool_input: input }),
      hookEvent("claude-code", "Read", { tool_input: unseen }),
    ];
    for (const stdin of events) {
      const { code, stdout } = await stage.gaitWith({ stdin }, ...hook);
      assert.equal(code, 0);
      assert.equal(JSON.parse(stdout).hookSpecificOutput.permissionDecision, "deny");
      assert.match(stdout, /^[\x20-\x7e]*\n$/);
    }
    // The object of --json has no refusal, so the status must say it.
    const stdin = hookEvent("claude-code", "Bash");
    assert.equal((await stage.gaitWith({ stdin }, ...hook, "--json")).code, 2);
    assert.equal((await stage.gait`hook install codex --policy policy.yaml --yes -- --json`).code, 6);
  }));

Deno.test("what a hook lacks is named as the flag that gives it", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", HOOK_POLICY);
    const stdin = hookEvent("claude-code", "Read");
    const reasonOf = async (...flags: string[]) => {
      const { code, stdout, stderr } = await stage.gaitWith({ stdin }, "hook", "claude-code", ...flags);
      assert.equal(code, 2);
      assert.ok(JSON.parse(stdout).hookSpecificOutput.permissionDecisionReason.includes(stderr.trim()));
      return stderr;
    };
    assert.ok((await reasonOf()).includes("--policy"));
    const key = await reasonOf("--policy", "policy.yaml", "--key-mode", "prod");
    assert.ok(key.includes("--private-key") && !key.includes("keys."), key);
  }));

Deno.test("neither the environment nor a file of the working folder opens a hook", () =>
  onStage(async ({ gait, gaitWith, write }) => {
    await write("policy.yaml", HOOK_POLICY);
    await write("lenient.yaml", "default_verdict: allow\nrules: []\n");
    await write(".gait/config.yaml", "gate:\n  policy: lenient.yaml\n  profile: standard\n");
    await gait`keys init --out-dir k`;
    const stdin = hookEvent("claude-code", "Bash");
    const env = {
      GAIT_CLAUDE_UNSAFE_FAIL_OPEN: "1",
      GAIT_CLAUDE_POLICY: "lenient.yaml",
      GAIT_POLICY: "lenient.yaml",
    };
    assert.equal((await gaitWith({ stdin, env }, ...argv`hook claude-code --policy policy.yaml`)).code, 2);
    const unnamed = await gaitWith({ stdin, env }, ...argv`hook claude-code`);
    assert.equal(unnamed.code, 2);
    assert.ok(!unnamed.stderr.includes(".gait/config.yaml")); // where it would not be looked for
    const named = argv`hook claude-code --config .gait/config.yaml`;
    assert.equal((await gaitWith({ stdin }, ...named)).code, 0);
  }));

Deno.test("the trace of a call verifies, and what it returned is recorded under the same intent", () =>
  onStage(async (stage) => {
    const { gait, read, write, files } = stage;
    await gait`keys init --out-dir k`;
    await write("policy.yaml", HOOK_POLICY);
    const key = argv`--key-mode prod --private-key k/gait_private.key --trace-dir t`;
    assert.equal((await hook(stage, "claude-code", hookEvent("claude-code", "Read"), ...key)).code, 0);
    const after = { hook_event_name: "PostToolUse", tool_response: { lines: 3 } };
    const done = await hook(stage, "claude-code", hookEvent("claude-code", "Read", after), ...key);
    assert.deepEqual([done.code, done.stdout], [0, "{}\n"]);
    const failed = { hook_event_name: "PostToolUseFailure", error: "no such file" };
    assert.equal(
      (await hook(stage, "claude-code", hookEvent("claude-code", "Read", failed), ...key)).code,
      0,
    );
    const [trace] = (await files()).filter((name) => name.startsWith("t/trace_"));
    const verified = await gait("trace", "verify", trace!, "--public-key", "k/gait_public.key");
    assert.equal(verified.code, 0);
    const lines = (await read("t/hook_results.jsonl")).trimEnd().split("\n").map((line) => JSON.parse(line));
    const { intent_digest: digest } = JSON.parse(await read(trace!));
    assert.deepEqual(
      lines.map(({ intent_digest, status, tool_use_id }) => [intent_digest, status, tool_use_id]),
      [
        [digest, "ok", "u1"],
        [digest, "error", "u1"],
      ],
    );
    assert.ok(!(await read("t/hook_results.jsonl")).includes("no such file"));
  }));

Deno.test("a person approves a stopped call, and the next attempt of it passes, once", () =>
  onStage(async (stage) => {
    const { gait, write, files } = stage;
    await gait`keys init --out-dir k`;
    await write("policy.yaml", HOOK_POLICY);
    const keyless = argv`--key-mode prod --private-key k/gait_private.key --trace-dir t`;
    const attempt = (n: number, flags = [...keyless, "--approval-public-key", "k/gait_public.key"]) =>
      hook(stage, "claude-code", hookEvent("claude-code", "Write", { tool_use_id: `u${n}` }), ...flags);
    assert.equal((await attempt(1)).code, 2);
    const trace = (await files()).find((name) => name.startsWith("t/trace_"))!;
    const approved = await gait`approve --from-trace ${trace} --ttl 30m --approver dana --reason-code CHG-7
      --single-use --key-mode prod --private-key k/gait_private.key --out .gait/approvals/one.json --yes`;
    assert.equal(approved.code, 0, approved.stderr);
    // Another token would not help a hook that can't verify it.
    await gait`keys init --out-dir k --prefix other`;
    const untrusted = await attempt(2, [...keyless, "--approval-public-key", "k/other_public.key"]);
    assert.match(untrusted.stderr, /A token is there, but no key given by --approval-public-key/);
    assert.equal((await attempt(3)).code, 0);
    const used = await attempt(4);
    assert.equal(used.code, 2);
    assert.doesNotMatch(used.stderr, /A token is there/);
  }));

Deno.test("an approval of one edit lets no other edit pass that differs in blanks, or by another tool", () =>
  onStage(async (stage) => {
    const { gait, write, files } = stage;
    await gait`keys init --out-dir k`;
    await write("policy.yaml", HOOK_POLICY);
    const flags = argv`--key-mode prod --private-key k/gait_private.key --trace-dir t
      --approval-public-key k/gait_public.key`;
    const edit = (text: string, tool = "Edit") => {
      const tool_input = { file_path: "/w/a.py", old_string: "x", new_string: text };
      return hook(stage, "claude-code", hookEvent("claude-code", tool, { tool_input }), ...flags);
    };
    assert.equal((await edit("    grant()")).code, 2);
    const trace = (await files()).find((name) => name.startsWith("t/trace_"))!;
    const approved = await gait`approve --from-trace ${trace} --ttl 30m --approver dana --reason-code CHG-7
      --single-use --key-mode prod --private-key k/gait_private.key --out .gait/approvals/one.json --yes`;
    assert.equal(approved.code, 0, approved.stderr);
    for (const other of ["grant()", "    grant()\n", "\tgrant()"]) {
      assert.equal((await edit(other)).code, 2, other);
    }
    assert.equal((await edit("    grant()", "Write")).code, 2);
    assert.equal((await edit("    grant()")).code, 0);
  }));

Deno.test("hook install refuses settings that turn hooks off: they would look installed, and never run", () =>
  onStage(async ({ gaitWith, write, read, path }) => {
    await write("policy.yaml", HOOK_POLICY);
    const install = () =>
      gaitWith(
        { env: { HOME: path("home") } },
        ...argv`hook install claude-code --policy policy.yaml --yes --json`,
      );
    await write(".claude/settings.json", '{"disableAllHooks": true}');
    const own = await install();
    assert.equal(own.code, 6);
    assert.match(own.json.error, /disableAllHooks turns the hook off/);
    assert.equal(await read(".claude/settings.json"), '{"disableAllHooks": true}');
    await write(".claude/settings.json", "{}");
    await write(".claude/settings.local.json", '{"disableAllHooks": true}');
    assert.match((await install()).json.error, /settings\.local\.json.*disableAllHooks/);
    await write(".claude/settings.local.json", "{}");
    await write("home/.claude/settings.json", '{"disableAllHooks": true}');
    assert.match((await install()).json.error, /home\/\.claude\/settings\.json.*disableAllHooks/);
    await write("home/.claude/settings.json", "{}");
    assert.equal((await install()).json.written, true);
  }));

Deno.test("doctor tells when other settings turn off a hook that is installed", () =>
  onStage(async ({ gait, gaitWith, write, path }) => {
    const look = async () => {
      const home = { env: { HOME: path("home") } };
      const { json } = await gaitWith(home, ...argv`doctor --only agent_hooks --json`);
      return [json.checks[0].status, json.checks[0].message];
    };
    assert.equal((await look())[0], "pass");
    await write("policy.yaml", HOOK_POLICY);
    await gait`hook install claude-code --policy policy.yaml --yes`;
    assert.deepEqual(await look(), ["pass", "nothing turns off the hook of claude-code"]);
    for (const layer of [".claude/settings.local.json", "home/.claude/settings.json"]) {
      await write(layer, '{"disableAllHooks": true}');
      const [status, message] = await look();
      assert.equal(status, "fail", layer);
      assert.ok(message.includes(layer) && message.includes("disableAllHooks"), message);
      await write(layer, "{");
      assert.equal((await look())[0], "fail", layer);
      await write(layer, "{}");
      assert.equal((await look())[0], "pass", layer);
    }
  }));

Deno.test("hook install puts a command into the settings that stops calls, and uninstall takes it out", () =>
  onStage(async (stage) => {
    const { gait, write, read, path, files } = stage;
    await write("policy.yaml", HOOK_POLICY);
    const text = `{
  // mine
  "model": "opus",
  "hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}]}
}
`;
    await write(".claude/settings.json", text);
    await Deno.chmod(path(".claude/settings.json"), 0o640);
    const line = argv`hook install claude-code --policy policy.yaml --json`;
    assert.equal((await gait(...line, "--dry-run")).json.written, false);
    assert.equal((await gait(...line)).code, 8); // nobody can be asked here
    assert.equal(await read(".claude/settings.json"), text);
    const installed = await gait(...line, "--yes", "--", "--risk-class", "low");
    assert.equal(installed.code, 0, installed.stdout);
    assert.deepEqual(installed.json.added.map(({ event }: { event: string }) => event), [
      "PreToolUse",
      "PostToolUse",
    ]);
    assert.equal((await Deno.stat(path(".claude/settings.json"))).mode! & 0o777, 0o640);
    assert.equal((await gait(...line, "--yes", "--", "--risk-class", "low")).json.written, false);

    // As the agent runs it: by a shell, in whichever folder it is.
    const { command } = installed.json.added[0];
    const run = async (stdin: string, words = command) => {
      const child = new Deno.Command("sh", {
        args: ["-c", words],
        cwd: "/",
        stdin: "piped",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
      await writer.close().catch(() => {});
      return (await child.status).code;
    };
    assert.equal(await run(hookEvent("claude-code", "Read")), 0);
    assert.equal(await run(hookEvent("claude-code", "Bash")), 2);
    const program = `${repository}bin/gait`;
    assert.equal(await run(hookEvent("claude-code", "Read"), command.replace(program, `${program}-gone`)), 2);
    assert.equal(await run(hookEvent("claude-code", "Read"), command.replace("hook", "huk")), 2);

    const removed = await gait`hook uninstall claude-code --yes --json`;
    assert.equal(removed.code, 0, removed.stdout);
    assert.equal(await read(".claude/settings.json"), text);
    assert.equal(installed.json.backup, path(".claude/settings.json.before-gait"));
    assert.deepEqual((await files()).filter((name) => name.startsWith(".claude")), [".claude/settings.json"]);
  }));

Deno.test("hook install makes settings where there are none, for each agent, and uninstall leaves none", () =>
  onStage(async ({ gait, write, files, read, path }) => {
    await write("policy.yaml", HOOK_POLICY);
    for (const client of HOOK_CLIENTS) {
      const { settings } = CONTRACTS[client];
      const installed = await gait`hook install ${client} --policy policy.yaml --yes --json`;
      assert.equal(installed.code, 0, installed.stdout);
      assert.ok((await read(settings)).includes("|| exit 2"));
      // There is nothing to keep a copy of.
      assert.ok(!("backup" in installed.json) && !(await files()).includes(`${settings}.before-gait`));
      const removed = await gait`hook uninstall ${client} --yes --json`;
      assert.equal(removed.code, 0, removed.stdout);
      assert.ok(!(await files()).some((name) => name.startsWith(settings)));
    }
    await write("own.json", "{");
    const broken = await gait`hook install cursor --policy policy.yaml --settings own.json --yes`;
    assert.deepEqual([broken.code, await read("own.json")], [6, "{"]);
    assert.equal((await gait`hook install cursr --policy policy.yaml --yes`).code, 6);
    assert.equal((await gait`hook install cursor --policy absent.yaml --yes`).code, 6);
    await Deno.symlink("elsewhere.json", path("link.json"));
    await write("elsewhere.json", "{}");
    assert.equal((await gait`hook install cursor --policy policy.yaml --settings link.json --yes`).code, 0);
    assert.ok((await Deno.lstat(path("link.json"))).isSymlink);
    assert.ok((await read("elsewhere.json")).includes("preToolUse"));
  }));
