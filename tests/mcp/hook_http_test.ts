/** The hook of Claude Code over HTTP: whatever is not allowed is a refusal with the status 200 (docs/hooks.md). */
import assert from "node:assert/strict";
import { argv } from "../support/argv.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { type RunningServer, withServer } from "../support/server.ts";
import { HOOK_POLICY, hookEvent, unreadableEvents } from "./hook_events.ts";

const HOOK = "/v1/hooks/claude-code";
const event = (tool: string, more: Record<string, unknown> = {}) => hookEvent("claude-code", tool, more);

/** INVARIANT under test: another status, or another body, would let Claude Code make the call. */
function assertRefused({ status, text }: { status: number; text: string }, what?: string): string {
  assert.equal(status, 200, what);
  const { hookSpecificOutput, ...more } = JSON.parse(text);
  assert.deepEqual(more, {}, what);
  const { permissionDecisionReason: reason, ...rest } = hookSpecificOutput;
  assert.deepEqual(rest, { hookEventName: "PreToolUse", permissionDecision: "deny" }, what);
  assert.ok(reason.length > 0);
  return reason;
}

function serving(
  stage: Stage,
  test: (server: RunningServer) => Promise<void>,
  flags: readonly string[] = [],
  env?: Record<string, string>,
) {
  return withServer(stage, [...argv`mcp serve --policy policy.yaml --trace-dir t`, ...flags], test, env);
}

Deno.test("a hook over HTTP refuses every verdict but allow as the command does, and its traces verify", () =>
  onStage(async (stage) => {
    const { gait, gaitWith, write, files, read } = stage;
    await gait`keys init --out-dir k`;
    await write("policy.yaml", HOOK_POLICY);
    const key = argv`--key-mode prod --private-key k/gait_private.key`;
    await serving(stage, async ({ post }) => {
      const allowed = await post(HOOK, event("Read"));
      assert.deepEqual([allowed.status, allowed.text], [200, "{}\n"]);
      for (
        const [tool, why] of [["Write", "matched_rule_write"], ["Bash", "default_block"], ["ask", "ask"]]
      ) {
        assert.ok(assertRefused(await post(HOOK, event(tool!)), tool).includes(why!), tool);
      }
      const after = { hook_event_name: "PostToolUse", tool_response: { lines: 3 } };
      assert.equal((await post(HOOK, event("Read", after))).text, "{}\n");
    }, key);
    const traces = (await files()).filter((name) => name.startsWith("t/trace_"));
    assert.equal(traces.length, 4);
    for (const trace of traces) {
      assert.equal((await gait`trace verify ${trace} --public-key k/gait_public.key`).code, 0);
    }
    const { intent_digest: intent, status } = JSON.parse(await read("t/hook_results.jsonl"));
    const command = argv`hook claude-code --policy policy.yaml --trace-dir c`;
    assert.equal((await gaitWith({ stdin: event("Read") }, ...command)).code, 0);
    const [same] = (await files()).filter((name) => name.startsWith("c/trace_"));
    assert.deepEqual([JSON.parse(await read(same!)).intent_digest, status], [intent, "ok"]);
  }));

Deno.test("a hook over HTTP that can't decide refuses, whatever the reason", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", HOOK_POLICY);
    const env = { GAIT_TEST_TOKEN: "t".repeat(40) };
    const bearer = { authorization: `Bearer ${env.GAIT_TEST_TOKEN}` };
    const flags = argv`--auth-mode token --auth-token-env GAIT_TEST_TOKEN --max-request-bytes 4096`;
    await serving(
      stage,
      async (server) => {
        const good = event("Read");
        assert.equal((await server.post(HOOK, good, bearer)).text, "{}\n");
        const large = [event("x".repeat(5000)), "[".repeat(4000)];
        for (const body of [...unreadableEvents("claude-code"), ...large]) {
          assertRefused(await server.post(HOOK, body, bearer), body.slice(0, 60));
        }
        assertRefused(await server.post(HOOK, good), "no token");
        assertRefused(await server.post(HOOK, good, { authorization: "Bearer other" }), "another token");
        assertRefused(
          await server.post(HOOK, good, { ...bearer, "content-type": "text/plain" }),
          "another type",
        );
        assertRefused(
          await server.post(HOOK, good, { ...bearer, origin: "https://evil.example" }),
          "a web page",
        );
        const places = [
          "/v1/hooks",
          "/v1/hooks/claude-cod",
          `${HOOK}/`,
          `/${HOOK}`,
          "/v1/%68ooks/x",
          "/V1/Hooks/a",
          "/v1/hook/claude-code",
          "/hooks/claude-code",
          "/claude-code",
          "/v1/evaluate/../hook",
          "/v1/%68ooks/%zz",
          "/v1/hooks/claude-cod?a=b?c/",
        ];
        for (const place of places) {
          assertRefused(await server.post(place, good, bearer), place);
        }
        const get = await fetch(server.url + HOOK, { headers: bearer });
        assertRefused({ status: get.status, text: await get.text() }, "GET");
        const foreign = await server.raw(
          `POST ${HOOK} HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
        );
        assertRefused(
          { status: Number(foreign.slice(9, 12)), text: foreign.split("\r\n\r\n")[1]! },
          "a foreign host",
        );
        assert.equal((await server.post("/v1/other", good, bearer)).status, 404);

        await stage.write("policy.yaml", "rules: [");
        assertRefused(await server.post(HOOK, good, bearer), "a broken policy");
        await stage.write("policy.yaml", HOOK_POLICY);
        assert.equal((await server.post(HOOK, good, bearer)).text, "{}\n");
        await Deno.remove(stage.path("t"), { recursive: true });
        await stage.write("t", "");
        assertRefused(await server.post(HOOK, good, bearer), "no folder for traces");
        const after = { hook_event_name: "PostToolUse", tool_response: 1 };
        const unrecorded = await server.post(HOOK, event("Read", after), bearer);
        assert.deepEqual([unrecorded.status, unrecorded.json.decision], [200, "block"]);
      },
      flags,
      env,
    );
  }));

Deno.test("what a target holds beside its path gives no other route the answers of a hook", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", HOOK_POLICY);
    const env = { GAIT_TEST_TOKEN: "t".repeat(40) };
    const bearer = { authorization: `Bearer ${env.GAIT_TEST_TOKEN}` };
    const flags = argv`--auth-mode token --auth-token-env GAIT_TEST_TOKEN --http-verdict-status strict`;
    await serving(
      stage,
      async (server) => {
        const blocked = { call: { name: "tool.bash", args: {} } };
        for (const route of ["/v1/evaluate", "/v1/evaluate/sse", "/v1/evaluate/stream", "/v1/other"]) {
          for (const more of ["", "?/v1/hooks/claude-code", "?a=%2Fv1%2Fhooks", "?x?hook", "?=claude"]) {
            const post = async (body: unknown, headers: Record<string, string>) =>
              (await server.post(`${route}${more}`, body, headers)).status;
            const found = [await post(blocked, bearer), await post({}, bearer), await post(blocked, {})];
            assert.deepEqual(
              found,
              route === "/v1/other" ? [404, 404, 404] : [403, 400, 401],
              `${route}${more}`,
            );
          }
        }
      },
      flags,
      env,
    );
  }));

Deno.test("a hook is refused however much it sends, and not by a connection that breaks", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", HOOK_POLICY);
    const env = { GAIT_TEST_TOKEN: "t".repeat(40) };
    const bearer = { authorization: `Bearer ${env.GAIT_TEST_TOKEN}` };
    const flags = argv`--auth-mode token --auth-token-env GAIT_TEST_TOKEN`;
    await serving(
      stage,
      async ({ post }) => {
        const large = event("Read", { tool_input: { content: "x".repeat(16 << 20) } });
        for (const [place, headers] of [[HOOK, bearer], [HOOK, {}], ["/v1/hook", bearer]] as const) {
          for (let i = 0; i < 3; i++) assertRefused(await post(place, large, headers), place);
        }
      },
      flags,
      env,
    );
  }));

Deno.test("a hook is refused below HTTP handling, too; no other route answers as a hook there", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", HOOK_POLICY);
    await serving(stage, async (server) => {
      const raw = async (target: string, lines: readonly string[], body = "") => {
        const head = [`POST ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...lines];
        const text = await server.raw(`${head.join("\r\n")}\r\n\r\n${body}`);
        return { status: Number(text.slice(9, 12)), text: text.slice(text.indexOf("\r\n\r\n") + 4) };
      };
      const chunked = "Transfer-Encoding: chunked";
      const bad: [string, readonly string[], string, number][] = [
        ["an expectation", ["Expect: something", "Content-Length: 2"], "{}", 417],
        ["a chunk that is none", [chunked], "zz\r\n", 400],
        ["a chunk that lies", [chunked], "1\r\n{}\r\n0\r\n\r\n", 400],
        [
          "a second request that is none",
          ["Content-Length: 20"],
          `{                  }nonsense\r\n\r\n`,
          400,
        ],
      ];
      const headers: [string, readonly string[], string, number][] = [
        ["a length and chunks", [chunked, "Content-Length: 2"], "{}", 400],
        ["two lengths", ["Content-Length: 2", "Content-Length: 3"], "{}", 400],
        ["no length", ["Content-Length: -1"], "", 400],
        ["a name with a blank", ["X Y: z"], "", 400],
        ["NUL in a header", ["X: \0"], "", 400],
        ["a folded header", ["X: a", " b"], "", 400],
      ];
      for (const [what, lines, body, status] of [...bad, ...headers]) {
        assertRefused(await raw(HOOK, lines, body), what);
        assertRefused(await raw("/v1/hook?a", lines, body), what);
        assert.equal((await raw("/v1/evaluate?hook", lines, body)).status, status, what);
      }
      assertRefused(await raw(`${HOOK} x`, [], ""), "a blank in the target");
      const before = `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: POST ${HOOK} HTTP/1.1\r\nX Y: z\r\n\r\n`;
      assert.match(await server.raw(before), /^HTTP\/1\.1 400 /);
    });
  }));

Deno.test("a hook over HTTP calls as whoever shows the token", () =>
  onStage(async (stage) => {
    await stage.write(
      "policy.yaml",
      `default_verdict: allow
rules:
  - {name: bob, effect: block, match: {identities: [bob]}}
`,
    );
    const env = { ALICE: "a".repeat(40), BOB: "b".repeat(40), ANY: "c".repeat(40) };
    await serving(
      stage,
      async ({ post }) => {
        const as = (token: string) => post(HOOK, event("Read"), { authorization: `Bearer ${token}` });
        assert.equal((await as(env.ALICE)).text, "{}\n");
        assert.equal((await as(env.ANY)).text, "{}\n");
        assertRefused(await as(env.BOB));
      },
      argv`--auth-mode token --auth-token-env alice=ALICE,bob=BOB,ANY`,
      env,
    );
  }));

Deno.test("an approval lets the next attempt over HTTP pass, once, and only when it says that it counts once", () =>
  onStage(async (stage) => {
    const { gait, write, files } = stage;
    await gait`keys init --out-dir k`;
    await write("policy.yaml", HOOK_POLICY);
    const keys =
      argv`--key-mode prod --private-key k/gait_private.key --approval-public-key k/gait_public.key`;
    await serving(stage, async ({ post }) => {
      const attempt = (n: number) => post(HOOK, event("Write", { tool_use_id: `u${n}` }));
      assertRefused(await attempt(1));
      const trace = (await files()).find((name) => name.startsWith("t/trace_"))!;
      const approve = (...more: string[]) =>
        gait(
          "approve",
          "--from-trace",
          trace,
          ...argv`--ttl 30m --approver dana --reason-code CHG-7 --yes
          --key-mode prod --private-key k/gait_private.key`,
          ...more,
        );
      await approve("--out", ".gait/approvals/many.json");
      assertRefused(await attempt(2), "a token that would count more than once");
      await approve("--single-use", "--out", ".gait/approvals/one.json");
      assert.equal((await attempt(3)).text, "{}\n");
      assertRefused(await attempt(4), "it was used");
    }, keys);
  }));
