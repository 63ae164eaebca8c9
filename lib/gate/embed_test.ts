import assert from "node:assert/strict";
import { makeJournals } from "../effects/journals.ts";
import { makeFiles } from "../effects/mod.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { IntentRequest } from "../schema/intent.ts";
import { decide } from "./decide.ts";
import { embedGate } from "./embed.ts";
import type { GateOptions } from "./options.ts";
import { parseIntent } from "../intent/parse.ts";
import { loadGate } from "./load.ts";
import { inFolder } from "../../tests/support/folder.ts";

const POLICY =
  "default_verdict: block\nrules: [{name: read, effect: allow, match: {tool_names: [tool.read]}}]\n";
const intent = (tool: string): IntentRequest => ({
  tool_name: tool,
  args: { path: "/x" },
  targets: [{ kind: "path", value: "/x", operation: "read" }],
  context: { identity: "a", workspace: "/w", risk_class: "low", session_id: "s" },
});

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const files = makeFiles();
const effects = {
  files,
  journals: () => Promise.resolve(makeJournals()),
  env: { get: (name: string) => name === "KEY" ? SEED_KEY : undefined },
  now: () => NOW,
  runChild: () => Promise.reject(new Error("no program is started here")),
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};
/** The key of RFC 8032, section 7.1, test 1, as a key file holds it. */
const SEED_KEY = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==";

const withPolicy = (test: (folder: string, options: GateOptions) => Promise<void>) =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/policy.yaml`, POLICY);
    await test(folder, {
      policy: `${folder}/policy.yaml`,
      keys: { signing: { env: "KEY" } },
      traceDir: `${folder}/traces`,
      correlationId: "abc",
    });
  });

Deno.test("embedGate() gives the verdicts and the very trace bytes that gate eval gives", () =>
  withPolicy(async (_, options) => {
    const { gate } = await loadGate(options, effects, "1.2.3");
    const open = await embedGate(options, effects, "1.2.3");
    for (const tool of ["tool.read", "tool.write"]) {
      const asked = {
        intent: await parseIntent(JSON.stringify(intent(tool))),
        correlationId: "abc",
      };
      const once = await decide(gate, asked, effects);
      const decision = await open.decide(intent(tool));
      assert.equal(decision.verdict, once.outcome.verdict);
      assert.deepEqual(decision.trace, once.trace);
      assert.deepEqual(await Deno.readFile(decision.tracePath), once.trace);
    }
    await open.close();
  }));

Deno.test("embedGate() decides an object as it was when it was given", () =>
  withPolicy(async (_, options) => {
    const open = await embedGate(options, effects, "1");
    const changing = intent("tool.read");
    const decided = open.decide(changing);
    changing.tool_name = "tool.write";
    const later = open.decide(changing);
    assert.deepEqual([(await decided).verdict, (await later).verdict], ["allow", "block"]);
    await open.close();
  }));

Deno.test("embedGate() refuses what is no JSON and goes on", () =>
  withPolicy(async (_, options) => {
    const open = await embedGate(options, effects, "1");
    for (const one of ["{", {} as IntentRequest, [] as unknown as IntentRequest, new Date() as never]) {
      await assert.rejects(open.decide(one), { code: "invalid_input" });
    }
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const inArgs: unknown[] = [
      ...[NaN, Infinity, 2 ** 53, -(2 ** 60), -0, 1n, () => 1, Symbol("s"), "\ud800"],
      ...[
        new Date(0),
        new Map([["to", "x"]]),
        new Set(["x"]),
        new URL("https://x.test/"),
        /x/,
        new Error("x"),
      ],
      ...[new Uint8Array(2), new (class Order {})(), Object.create({ to: "x" }), { toJSON: () => 1 }],
      ...[[undefined], [, 1], cyclic, { [Symbol("s")]: 1 }, { "\ud800": 1 }],
    ];
    for (const value of inArgs) {
      for (const args of [{ value }, { deep: [{ value }] }]) {
        const asked = { ...intent("tool.read"), args: args as unknown as JsonObject };
        await assert.rejects(open.decide(asked), { code: "invalid_input" }, String(typeof value));
      }
    }
    assert.equal((await open.decide(intent("tool.read"))).verdict, "allow");
    await open.close();
  }));

Deno.test("embedGate() takes every plain value of JSON as it is", () =>
  withPolicy(async (_, options) => {
    const open = await embedGate(options, effects, "1");
    const shared = { b: [1, "x", null, true, 0.1, 2 ** 53 - 1] };
    const args = { one: shared, two: shared, __proto__: null, left: undefined } as unknown as JsonObject;
    const given = await open.decide({ ...intent("tool.read"), args });
    const text = JSON.stringify({ ...intent("tool.read"), args });
    assert.equal((await open.decide(text)).intentDigest, given.intentDigest);
    assert.equal((await open.decide(new TextEncoder().encode(text))).intentDigest, given.intentDigest);
    await open.close();
  }));

Deno.test("embedGate() names members that nothing reads, and does not compile with them", () =>
  withPolicy(async (_, options) => {
    const open = await embedGate(options, effects, "1");
    const { context } = intent("tool.read");
    const { warnings } = await open.decide({
      tool_name: "tool.read",
      // @ts-expect-error -- the types know no such member
      target: [],
      context,
    });
    assert.equal(warnings.length, 1);
    assert(warnings[0]!.includes('"target"') && warnings[0]!.includes('"targets"'));
    await assert.rejects(
      // @ts-expect-error -- nor this one
      open.decide({ tool_name: "tool.read", context: { ...context, risk_class: "high", fase: "plan" } }),
      { code: "invalid_input" },
    );
    await open.close();
  }));

Deno.test("embedGate() refuses in production members that nothing reads, whatever the risk", () =>
  withPolicy(async (_, options) => {
    const open = await embedGate({ ...options, profile: "oss-prod" }, effects, "1");
    const text = JSON.stringify({ ...intent("tool.read"), targts: [] });
    await assert.rejects(open.decide(text), { code: "invalid_input" });
    assert.equal((await open.decide(intent("tool.read"))).verdict, "allow");
    await open.close();
  }));

Deno.test("embedGate() decides by the policy as it stands", () =>
  withPolicy(async (folder, options) => {
    const open = await embedGate(options, effects, "1");
    assert.equal((await open.decide(intent("tool.read"))).verdict, "allow");
    await Deno.writeTextFile(`${folder}/policy.yaml`, POLICY.replace("allow", "block"));
    assert.equal((await open.decide(intent("tool.read"))).verdict, "block");
    await Deno.writeTextFile(`${folder}/policy.yaml`, "{");
    await assert.rejects(open.decide(intent("tool.read")), { code: "invalid_input" });
    await open.close();
  }));

Deno.test("embedGate() decides nothing after it is closed", () =>
  withPolicy(async (_, options) => {
    const open = await embedGate(options, effects, "1");
    const accepted = open.decide(intent("tool.read"));
    await open.close();
    assert.equal((await accepted).verdict, "allow");
    await assert.rejects(open.decide(intent("tool.read")), { code: "invalid_input" });
  }));

Deno.test("embedGate() without a folder of traces signs nothing", () =>
  withPolicy(async (folder, { policy }) => {
    const open = await embedGate({ policy }, effects, "1");
    const { verdict, trace, tracePath } = await open.decide(intent("tool.read"));
    assert.deepEqual([verdict, trace, tracePath], ["allow", undefined, ""]);
    await open.close();
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["policy.yaml"]);
  }));

Deno.test("embedGate() hands on the arguments of a broker as they are given", () =>
  withPolicy(async (folder, options) => {
    await Deno.writeTextFile(
      `${folder}/policy.yaml`,
      "rules: [{name: r, effect: allow, require_broker_credential: true}]",
    );
    const asked: (readonly string[])[] = [];
    const runChild = (request: { readonly args: readonly string[] }) => {
      asked.push(request.args);
      return Promise.reject(new Error("no"));
    };
    const broker = { kind: "command", command: "vault", commandArgs: ["--roles", "a,b", "", " c "] } as const;
    const open = await embedGate({ ...options, broker }, { ...effects, runChild }, "1");
    assert.equal((await open.decide(intent("tool.read"))).verdict, "block");
    assert.deepEqual(asked, [broker.commandArgs]);
    await open.close();
  }));

Deno.test("embedGate() reports clean paths of traces, however their folder is written", () =>
  withPolicy(async (folder, options) => {
    const open = await embedGate({ ...options, traceDir: `${folder}/./traces//` }, effects, "1");
    const { traceId, tracePath } = await open.decide(intent("tool.read"));
    assert.equal(tracePath, `${folder}/traces/trace_${traceId}.json`);
    await open.close();
  }));

Deno.test("embedGate() reports in a simulation what would have been decided", () =>
  withPolicy(async (_, options) => {
    const open = await embedGate({ ...options, simulate: true }, effects, "1");
    const { verdict, simulatedVerdict } = await open.decide(intent("tool.write"));
    assert.deepEqual([verdict, simulatedVerdict], ["allow", "block"]);
    await open.close();
  }));

Deno.test("embedGate() decides nothing in production without a folder of traces", () =>
  withPolicy(async (_, { traceDir: _left, ...options }) => {
    await assert.rejects(embedGate({ ...options, profile: "oss-prod" }, effects, "1"), {
      code: "invalid_input",
    });
    const open = await embedGate({ ...options, profile: "oss-prod", traceDir: _left! }, effects, "1");
    assert.equal((await open.decide(intent("tool.read"))).verdict, "allow");
    await open.close();
  }));
