/** Hostile calls, as they are before their decision, and requests and results in a stream. */
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import { intentDigest } from "../../lib/intent/digest.ts";
import { parseIntent } from "../../lib/intent/parse.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { readRequest, readStreamLine } from "../../lib/gate/stream/request.ts";
import { adapterOf, readPayload } from "../../lib/mcp/adapters/table.ts";
import { intentRequest } from "../../lib/mcp/intent_request.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";
import { yaml } from "./hostile_policies.ts";
import { json, named, type Readers } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

const context = { identity: "ana", workspace: "/w", risk_class: "low" };

const intents: Record<string, (n: number) => JsonObject> = {
  "targets": (n) => ({
    tool_name: "t",
    context,
    targets: list(n, (i) => ({ kind: "path", value: `/${i}`, operation: "read" })),
  }),
  "equal targets": (n) => ({
    tool_name: "t",
    context,
    targets: list(n, () => ({ kind: "url", value: "https://a.example/x", operation: "read" })),
  }),
  "provenance": (n) => ({
    tool_name: "t",
    context,
    arg_provenance: list(n, (i) => ({ arg_path: `$.a${i}`, source: "external", source_ref: `r${i}` })),
  }),
  "steps": (n) => ({
    tool_name: "",
    context,
    script: { steps: list(Math.ceil(n / 10), (i) => ({ tool_name: `t${i}`, args: {} })) },
  }),
  "arguments": (n) => ({ tool_name: "t", context, args: Object.fromEntries(list(n, (i) => [`a${i}`, i])) }),
};

export const INTENTS: Readers = {
  ...named("intent: ", intents, async (intent) => await intentDigest(await parseIntent(intent))),
  "evaluation: rules and targets": {
    size: 400,
    make: async (
      n,
    ) => [
      (await parsePolicy(yaml["tools of one rule"]!(n), "p")).policy,
      await parseIntent(intents["targets"]!(n)),
    ],
    read: ([policy, intent]) => evaluate(policy, intent),
  },
  "evaluation: steps": {
    size: 32,
    make: async (
      n,
    ) => [
      (await parsePolicy("rules:\n  - {name: r, effect: allow}\n", "p")).policy,
      await parseIntent(intents["steps"]!(n)),
    ],
    read: ([policy, intent]) => evaluate(policy, intent),
  },
  "calls of other protocols": {
    make: (n) =>
      json({
        name: "t",
        targets: list(n, (i) => ({ kind: "path", value: `/${i}`, annotations: { readOnlyHint: "true" } })),
        arg_provenance: list(n, (i) => ({ arg_path: `$.${i}`, source: "user" })),
      }),
    read: async (bytes) => {
      const called = adapterOf("mcp").read(readPayload(bytes), "call: ");
      return await parseIntent(intentRequest(called, "standard", "call: "));
    },
  },
  "calls whose arguments are a text": {
    make: (n) =>
      json({
        function: { name: "t", arguments: JSON.stringify(Object.fromEntries(list(n, (i) => [`k${i}`, i]))) },
      }),
    read: (bytes) => adapterOf("openai").read(readPayload(bytes), "call: "),
  },
  "requests of a stream": {
    make: (n) => json({ id: 1, intent: intents["targets"]!(n) }),
    read: (bytes) => readRequest(bytes, () => {}),
  },
  "results in a stream": {
    make: (n) => json({ "gait.result": { id: 1, status: "ok", result: { rows: list(n, (i) => i) } } }),
    read: (bytes) => readStreamLine(bytes, () => {}),
  },
};
