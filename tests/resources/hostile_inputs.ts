import { findDocuments } from "../../lib/conversation/document_spans.ts";
import { READERS as READ_LOGS } from "../../lib/conversation/formats/table.ts";
import { importConversations } from "../../lib/conversation/import.ts";
import { readRoots } from "../../lib/conversation/input.ts";
import { isPromptfooTable } from "../../lib/conversation/promptfoo_table.ts";
import { framesOf } from "../../lib/conversation/zstandard_frames.ts";
import { readTar } from "../../lib/formats/tar.ts";
import { writeTar } from "../support/tar.ts";
import { readCallRecord } from "../../lib/voice/call/record.ts";
import { buildCallPack } from "../../lib/pack/build_call.ts";
import { diffPacks, readSide } from "../../lib/pack/diff.ts";
import { inspectPack } from "../../lib/pack/inspect.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import { diffRunpacks } from "../../lib/runpack/diff.ts";
import { inspectRunpack } from "../../lib/runpack/inspect.ts";
import { readRecordInput } from "../../lib/runpack/record_input.ts";
import { readRunpack, type Runpack } from "../../lib/runpack/read.ts";
import { recordRun } from "../../lib/runpack/record.ts";
import { reduceRunpack } from "../../lib/runpack/reduce.ts";
import { replayRun } from "../../lib/runpack/replay.ts";
import { verifyRunpack } from "../../lib/runpack/verify.ts";
import { readJournal as readSession } from "../../lib/session/read_journal.ts";
import { openDecisions } from "../../lib/job/decisions.ts";
import { readRevocations } from "../../lib/job/revocations.ts";
import { readChildLine } from "../../lib/job/run/child_lines.ts";
import { readStateFrom } from "../../lib/job/state.ts";
import { LOGS } from "./hostile_logs.ts";
import { columns } from "../../lib/commands/text.ts";
import { linesOf } from "../../lib/effects/lines.ts";
import { commaList } from "../../lib/formats/text.ts";
import { parseApprovalToken } from "../../lib/tokens/approval_token.ts";
import { parseDelegationToken } from "../../lib/tokens/delegation_token.ts";
import { commandAnswer } from "../../lib/gate/broker/command.ts";
import { variableKey } from "../../lib/gate/broker/issue.ts";
import { parseInventory } from "../../lib/gate/context/inventory.ts";
import { readContextEnvelope } from "../../lib/gate/context/envelope.ts";
import { parseDefaults } from "../../lib/config/parse.ts";
import { setConfigKey } from "../../lib/config/edit.ts";
import { readLeniently } from "../../lib/config/lenient.ts";
import { adoptionReport } from "../../lib/doctor/adoption/report.ts";
import { redact } from "../../lib/doctor/redact.ts";
import { artifactsFault } from "../../lib/registry/artifacts.ts";
import { readManifest } from "../../lib/registry/manifest.ts";
import { nameFault } from "../../lib/registry/pack_name.ts";
import { parseSource } from "../../lib/registry/source.ts";
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import { parseJsonc } from "../../lib/formats/jsonc.ts";
import { planInstall } from "../../lib/mcp/install/plan.ts";
import { makeCatalog } from "../../lib/mcp/gateway/catalog/catalog.ts";
import { readMessage } from "../../lib/mcp/gateway/codec/message.ts";
import { MessageLines } from "../../lib/mcp/gateway/codec/message_lines.ts";
import { readMappings } from "../../lib/mcp/gateway/decision/mapping.ts";
import { readSessionLog } from "../../lib/mcp/gateway/evidence/records.ts";
import { readEvents } from "../../lib/mcp/gateway/upstream/event_reader.ts";
import { createTaintMemory } from "../../lib/mcp/taint/memory.ts";
import { placeOf } from "../../lib/evaluate/compare/place.ts";
import { compileGlob } from "../../lib/evaluate/glob.ts";
import { compilePathAllowlist, compilePathDenylist } from "../../lib/evaluate/path_list.ts";
import { ruleReasonCode } from "../../lib/evaluate/compile.ts";
import { parseExpectation } from "../../lib/evaluate/fixtures/run.ts";
import { urlHost } from "../../lib/intent/url_host.ts";
import { intentDigest } from "../../lib/intent/digest.ts";
import { parseIntent } from "../../lib/intent/parse.ts";
import { lintPolicy } from "../../lib/lint/lint.ts";
import { encodeSarif } from "../../lib/lint/sarif.ts";
import { formatPolicy } from "../../lib/policy/format.ts";
import { parsePolicy } from "../../lib/policy/parse.ts";
import { findInConfiguration } from "../../lib/scout/find/configuration.ts";
import { presumeFromText } from "../../lib/scout/find/python_text.ts";
import { findPythonTools } from "../../lib/scout/find/python_tools.ts";
import { findScriptTools } from "../../lib/scout/find/script_tools.ts";
import { eventTime } from "../../lib/scout/gateway/event_time.ts";
import { fieldsOf, trimLine } from "../../lib/scout/gateway/log_line.ts";
import { candidateTools } from "../../lib/scout/signals.ts";
import { readRequest, readStreamLine } from "../../lib/gate/stream/request.ts";
import { callLine, headLine, readRecording } from "../../lib/runpack/recording/journal.ts";
import { fakeEffects } from "../support/fake_effects.ts";
import { aTarget } from "../support/gate.ts";
import { gatedPack } from "../support/gated_pack.ts";
import { memoryFiles } from "../support/memory_files.ts";
import { adapterOf, readPayload } from "../../lib/mcp/adapters/table.ts";
import { intentRequest } from "../../lib/mcp/intent_request.ts";
import { normalizeRunId } from "../../lib/mcp/run_id.ts";
import { readSnapshot } from "../../lib/mcp/trust/snapshot.ts";
import { mediaTypeOf } from "../../lib/serve/media_type.ts";
import { readRequestPath } from "../../lib/serve/path.ts";
import { readJournal as readTraceJournal } from "../../lib/gate/trace/journal_line.ts";
import { verifyTrace } from "../../lib/gate/trace/verify.ts";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { escapeControls } from "../../lib/formats/controls.ts";
import { parseDuration } from "../../lib/formats/duration.ts";
import {
  canonicalBytes,
  canonicalize,
  type JsonObject,
  readJson,
  readJsonLines,
} from "../../lib/formats/json/mod.ts";
import { cleanPath } from "../../lib/formats/path.ts";
import { suggest } from "../../lib/formats/suggest.ts";
import { parseTime, type Rfc3339, ZERO_TIME } from "../../lib/formats/time.ts";
import { openZip } from "../../lib/formats/zip/mod.ts";
import { readConfig } from "../../lib/regress/config.ts";
import { deriveFixtureName } from "../../lib/regress/fixture_name.ts";
import { ReferenceCollector } from "../../lib/wrap/references.ts";
import { applyTolerances, readTolerances } from "../../lib/regress/tolerance.ts";
import { readFixture } from "../../lib/regress/fixture.ts";
import { encodeJunit } from "../../lib/regress/junit.ts";
import { decodeKeyText } from "../../lib/signing/keys.ts";
import { NO_KEYS } from "../../lib/signing/mod.ts";
import { GaitError } from "../../lib/errors/mod.ts";
import { parseIdentities } from "../../lib/guard/encrypt/age.ts";
import { scanArtifact } from "../../lib/guard/encrypt/scan.ts";
import { planRetention } from "../../lib/guard/retain/plan.ts";
import { controlIndex } from "../../lib/guard/templates.ts";
import { verifyEvidencePack } from "../../lib/guard/verify.ts";
import { aTrace, evidenceFolder, evidencePack } from "../support/sample_evidence.ts";
import { readSayToken } from "../../lib/voice/say_token.ts";
import { AROUND, packSample, repack, SAMPLE, unpack } from "../support/sample_run.ts";
import { unsignedPack } from "../support/registry.ts";
import { callRecord } from "../support/sample_calls.ts";
import { forge, runPackSample } from "../support/sample_packs.ts";
import { buildZip } from "../support/zip_builder.ts";

/** Something that reads what anybody may have written, and the worst that can be written for it. */
interface Reader {
  /** Items or characters of the smaller input; 2000 when left out. */
  readonly size?: number;
  /** Whether what is longer than some limit is refused unread. */
  readonly capped?: boolean;
  // deno-lint-ignore no-explicit-any -- each reader takes what its own `make` gives
  readonly make: (n: number) => any;
  // deno-lint-ignore no-explicit-any -- as above
  readonly read: (input: any) => unknown;
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const list = <T>(n: number, item: (i: number) => T) => numbers(n).map(item);
const json = (value: unknown) => utf8(JSON.stringify(value));
async function* inPieces(pieces: readonly Uint8Array[]) {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
const T = "2026-03-01T09:00:00Z" as Rfc3339;
const SHA = "ab".repeat(32);
const what = "hostile input";
const strictly = (text: string | Uint8Array) =>
  readJson(text, { what, duplicates: "refuse", numbers: "exact" });

/** What is read to its end and then refused, by parts of names. */
const REFUSED = [
  "of many digits",
  "of zeros",
  "brackets",
  "that is not JSON",
  "bad UTF-8",
  "that are none",
  "key text",
  "marks before a block header",
  "a long text",
  "a long number",
  "many keys",
  "answers of a broker",
  "nothing fails",
  "traces",
  "defaults",
];

/** Whether an input may be refused; every other one must be read to its end. */
export function isRefused(name: string): boolean {
  return REFUSED.some((part) => name.includes(part));
}

const strict: Record<string, (n: number) => string> = {
  "a number of many digits": (n) => `[0.1${"0".repeat(n)}1]`,
  "a whole number of many digits": (n) => `[${"9".repeat(n)}]`,
  "a number of zeros": (n) => `[${"1" + "0".repeat(n)}.${"0".repeat(n)}]`,
  "an exponent of many digits": (n) => `[1e-${"0".repeat(n)}1]`,
  "many numbers": (n) => JSON.stringify(list(n, (i) => i + 0.5)),
  "a text of backslashes": (n) => `["${"\\\\".repeat(n)}",1234567]`,
  "a text of escaped quotes": (n) => `["${'\\"'.repeat(n)}",1234567]`,
  "half characters": (n) => `["${"\\ud800".repeat(n)}"]`,
  "many keys": (n) => `{${list(n, (i) => `"k${i}":1`)}}`,
  "keys with escapes": (n) => `{${list(n, (i) => `"\\u006b${i}\\\\":1`)}}`,
  "a key with many escapes": (n) => `{"${"\\u0061".repeat(n)}":1}`,
  "open brackets": (n) => "[".repeat(n),
  "brackets that nest too deep": (n) => "[".repeat(n) + "]".repeat(n),
  "many objects": (n) => `[${list(n, () => '{"a":{}}')}]`,
  "blanks": (n) => " ".repeat(n) + "1" + "\n".repeat(n),
  "a text that is not JSON": (n) => '"' + "x".repeat(n),
};

const texts: Record<string, [make: (n: number) => string, read: (text: string) => unknown]> = {
  "durations": [(n) => "1".repeat(n) + "s", parseDuration],
  "durations of many parts": [(n) => "1s".repeat(n), parseDuration],
  "times with a long fraction": [(n) => `2026-01-01T00:00:00.${"0".repeat(n)}1Z`, (text) => parseTime(text)],
  "times that are none": [(n) => `2026-01-01T00:00:00.${"1".repeat(n)}`, (text) => parseTime(text)],
  "key text of blanks": [(n) => "a" + " ".repeat(n) + "b", (text) => decodeKeyText(text, 32, what)],
  "key text of line breaks": [
    (n) => "\n".repeat(n) + "a" + "\r".repeat(n),
    (text) => decodeKeyText(text, 32, what),
  ],
  "key text of many digits": [(n) => "AAAA".repeat(n), (text) => decodeKeyText(text, 32, what)],
  "variables of a broker": [(n) => "a" + "_".repeat(n) + "b", variableKey],
  "variables of a broker from dots": [(n) => "é" + "._-".repeat(n) + "b", variableKey],
  "names of fixtures from a run id": [(n) => "a" + "-".repeat(n) + "b", deriveFixtureName],
  "names of fixtures from dots": [(n) => ".".repeat(n) + "b" + "é.".repeat(n), deriveFixtureName],
  "reason codes of quotes": [(n) => "a" + '"'.repeat(n) + "b", ruleReasonCode],
  "paths": [(n) => "a/../".repeat(n) + "./".repeat(n), cleanPath],
  "paths that leave": [(n) => "../".repeat(n), cleanPath],
  ...Object.fromEntries(
    ["{a,", "[", "{", "*/", "{a,}", ".*", "/.{", "a~1/"].map((unit) => [
      `paths with patterns: ${unit}`,
      [(n: number) => `/srv/${unit.repeat(n)}`, heldToPathLists] as const,
    ]),
  ),
  "hosts of URLs": [(n) => `https://${"a.".repeat(n)}b:${"1".repeat(n)}/x`, urlHost],
  "hosts with escapes": [(n) => `https://${"%41".repeat(n)}/x`, urlHost],
  "hosts in brackets": [(n) => `https://[${"::".repeat(n)}]/x`, urlHost],
  "lists with commas": [(n) => ", ,a".repeat(n), commaList],
  "mistyped names": [(n) => "x".repeat(n), (text) => suggest(text, list(20, (i) => `name${i}`))],
  "unseen characters": [(n) => "\u202e\u0000".repeat(n), escapeControls],
  "Python sources of blanks": [
    (n) => "\n def ".repeat(n) + "name = ".repeat(n) + "Tool(" + " \n".repeat(n) + "@tool ".repeat(n),
    (text) => presumeFromText(text, { stem: "s", asynchronous: true }),
  ],
  "Python sources of open brackets": [
    (n) => "from langchain.tools import tool\n" + "@tool(a,{b:[".repeat(n),
    findPythonTools,
  ],
  "Python sources of tools": [
    (n) =>
      "from langchain.tools import tool, BaseTool\n" + "@tool\ndef f(): ...\n".repeat(n) +
      "@tool\n".repeat(n) + "class A(BaseTool):\n x = 1\n".repeat(n) + `x(tools=[${"f, 'g', ".repeat(n)}])`,
    findPythonTools,
  ],
  "Python sources of strings and names": [
    (n) => "from agents import x\n" + `x = ("a" "b")\na.b.c.`.repeat(n) + '""" " '.repeat(n),
    findPythonTools,
  ],
  "scripts of open brackets": [
    (n) => 'import { tool } from "ai";\n' + "tool<({a:[b,{".repeat(n),
    findScriptTools,
  ],
  "scripts of tools": [
    (n) =>
      'import { tool } from "ai";\nimport { Tool } from "langchain";\n' + "const x = tool({});\n".repeat(n) +
      "class A extends Tool { a() {} ".repeat(n) + `generateText({ tools: { ${"a: b, ".repeat(n)} } })`,
    findScriptTools,
  ],
  "scripts of templates, expressions and imports": [
    (n) =>
      '"@mastra/"; ' + "import { a as b, ".repeat(n) + "`${".repeat(n) + "} / [".repeat(n) + "}`".repeat(n),
    findScriptTools,
  ],
  "JSON with many servers and tools": [
    (n) =>
      JSON.stringify({ servers: Object.fromEntries(list(n, (i) => [`s${i}`, { tools: ["a"], name: "x" }])) }),
    (text) => findInConfiguration(utf8(text), "mcp.json"),
  ],
  "YAML with many aliases of servers": [
    (n) => `a: &a\n  servers:\n${list(n, (i) => `    s${i}: {}\n`).join("")}b:\n${"  - *a\n".repeat(20)}`,
    (text) => findInConfiguration(utf8(text), "mcp.yaml"),
  ],
  "log lines of blanks and digits": [
    (n) => " ".repeat(n) + "x" + "\u3000".repeat(n),
    (text) => [trimLine(utf8(text)), eventTime([text.trim() + "1".repeat(text.length)])],
  ],
  "log lines in log lines": [
    (n) => JSON.stringify({ log: JSON.stringify({ a: list(n, String) }) }),
    (text) => fieldsOf(utf8(text), "docker", "line"),
  ],
};

/** Longer ones are refused unread. */
const CAPPED: ReadonlySet<string> = new Set(["durations", "durations of many parts", "mistyped names"]);

const yaml: Record<string, (n: number) => string> = {
  "rules": (n) =>
    `default_verdict: block\nrules:\n${
      list(n, (i) =>
        `  - name: r${i}\n    effect: allow\n    priority: ${i}\n    match: {tool_names: [t${i}]}\n`).join("")
    }`,
  "tools of one rule": (n) =>
    `rules:\n  - name: r\n    effect: allow\n    match:\n      tool_names: [${list(n, (i) => `t${i}`)}]\n`,
  "comments": (n) => `${"# x\n".repeat(n)}\ndefault_verdict: block\n${"# y\n".repeat(n)}`,
  "blank lines": (n) => `\n${"\n".repeat(n)}default_verdict: block\n${" \n".repeat(n)}`,
  "comments behind a block header": (n) => `default_verdict: |- ${"#|".repeat(n)}\n  block\n`,
  "marks before a block header": (n) => `"${"|#".repeat(n)}": |\n  x\n`,
  "documents": (n) => `default_verdict: block\n${"---\na: 1\n".repeat(n)}`,
  "anchors and aliases": (n) =>
    `default_verdict: block\nrules:\n${list(n, (i) => `  - &a${i} {name: r${i}, effect: allow}\n`).join("")}`,
  "a long text": (n) => `default_verdict: "${"\\u0061".repeat(n)}"\n`,
  "a long number": (n) => `rules:\n  - {name: r, effect: allow, priority: 0${"7_".repeat(n)}8}\n`,
  "many keys": (n) => `default_verdict: block\n${list(n, (i) => `k${i}: 1\n`).join("")}`,
  "patterns": (n) =>
    `rules:\n  - name: r\n    effect: allow\n    endpoint:\n      enabled: true\n      path_allowlist: [${
      list(n, (i) => `"/a${i}/*"`)
    }]\n`,
};

/** Rules that the linter compares with each other. */
const rules = (n: number, rule: (i: number) => string) =>
  `default_verdict: block\nrules:\n${
    list(n, (i) => `  - {name: r${i}, priority: ${i}, ${rule(i)}}\n`).join("")
  }`;
const lint: Record<string, (n: number) => string> = {
  "rules for any tool": (n) => rules(n, (i) => `effect: block, match: {identities: [u${i}]}`),
  "rules for one tool": (n) =>
    rules(n, (i) => `effect: ${i % 2 ? "allow" : "block"}, match: {tool_names: [t], identities: [u${i}]}`),
  "rules for shared tools": (n) =>
    rules(
      n,
      (i) =>
        `effect: ${
          i % 2 ? "allow" : "block"
        }, match: {tool_names: [t, t${i}], workspace_prefixes: ["/w${i}"]}`,
    ),
  "rules with one risk class": (n) =>
    rules(
      4 * n,
      (i) =>
        `effect: ${
          i % 2 ? "allow" : "require_approval"
        }, match: {risk_classes: [high], identities: [u${i}, v]}`,
    ),
  "rules of one priority": (n) =>
    `default_verdict: block\nrules:\n${
      list(n, (i) =>
        `  - {name: r${i}, effect: ${
          i % 2 ? "allow" : "block"
        }, match: {tool_names: [t], target_values: [v${i}]}}\n`).join("")
    }`,
  "rules of one name": (n) => rules(n, () => "effect: allow").replaceAll(/name: r\d+/g, "name: r"),
  "rules with prefixes": (n) => rules(n, (i) => `effect: allow, match: {workspace_prefixes: ["/w${i}/"]}`),
  "domains that are denied": (n) =>
    `rules:\n  - name: r\n    effect: allow\n    endpoint: {enabled: true, domain_denylist: [${
      list(n, (i) => `"*.d${i}.example"`)
    }]}\n`,
};

/**
 * Rules of which each two share a value of each list: no index tells them apart. So many that the bound on compared pairs
 * holds, which alone keeps the work linear.
 */
const ALIKE: Record<string, (n: number) => string> = {
  "rules that are much alike": (n) =>
    rules(8 * n, (i) => {
      const values = list(12, (bit) => `v${bit}${i >> bit & 1}`);
      return `effect: ${i % 2 ? "allow" : "block"}, match: {risk_classes: [low], data_classes: [${values}]}`;
    }),
};

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

const call = (i: number, status = "ok") => ({
  intent: { intent_id: `i${i}`, tool_name: "t", args: { n: i } },
  result: { intent_id: `i${i}`, status, result: { n: i } },
});
/** A run of many calls, as `run record` reads it. */
const run = (n: number, more: JsonObject = {}) =>
  json({
    run: { run_id: "r", created_at: T, timeline: list(n, (i) => ({ event: "e", ts: T, ref: `i${i}` })) },
    intents: list(n, (i) => call(i).intent),
    results: list(n, (i) => call(i).result),
    ...more,
  });
const receipts = (n: number, prefix: string, digests: JsonObject) => ({
  receipts: list(n, (i) => ({
    ref_id: `${prefix}${i}`,
    source_type: prefix === "trace_i" ? "gait.trace" : "kb",
    source_locator: "x",
    retrieved_at: T,
    redaction_mode: "reference",
    ...digests,
  })),
});
const record = (bytes: Uint8Array) => recordRun(readRecordInput(bytes), AROUND);
const runpack = async (n: number, more: JsonObject = {}): Promise<Runpack> =>
  await readRunpack((await record(run(n, more))).bytes);

async function runpackWithRows(n: number): Promise<Uint8Array> {
  const contents = await unpack((await packSample()).bytes);
  const manifest = JSON.parse(new TextDecoder().decode(contents.get("manifest.json")));
  manifest.files = [...manifest.files, ...list(n, (i) => ({ path: `p${i}`, sha256: SHA }))];
  return await repack(new Map([...contents, ["manifest.json", canonicalBytes(manifest)]]));
}

const packWithRows = async (n: number, row: (i: number) => JsonObject) =>
  await forge(await runPackSample(), {}, {
    manifest: (manifest) => void (manifest.contents as JsonObject[]).push(...list(n, row)),
  });

function callWith(n: number) {
  const record = callRecord();
  const [, , , request, emitted] = record.events;
  const [event, decision, receipt] = [emitted, record.gate_decisions[0], record.speak_receipts[0]];
  // As many promises, each with leave and a receipt, in turns of their own.
  const turns = list(n, (i) => ({ turn_index: 10 + i, call_seq: 10 + 2 * i }));
  record.events.push(...turns.flatMap(({ turn_index, call_seq }) => [
    { ...request, turn_index, call_seq, say_token_id: `s${call_seq}` },
    { ...event, turn_index, call_seq: call_seq + 1, say_token_id: `s${call_seq}` },
  ]));
  record.gate_decisions.push(...turns.map((turn) => ({ ...decision, ...turn })));
  record.speak_receipts.push(
    ...turns.map(({ turn_index, call_seq }) => ({
      ...receipt,
      turn_index,
      call_seq: call_seq + 1,
      say_token_id: `s${call_seq}`,
    })),
  );
  record.commitments.push(...turns.map((turn) => ({ ...record.commitments[0], ...turn })));
  record.reference_digests = list(n, (i) => ({ ref_id: `r${i}`, sha256: SHA }));
  return json(record);
}

const openai = (n: number) =>
  json([
    { role: "user", content: "go" },
    {
      role: "assistant",
      content: "",
      tool_calls: list(
        n,
        (i) => ({ id: `c${i}`, type: "function", function: { name: "t", arguments: "{}" } }),
      ),
    },
    ...list(n, (i) => ({ role: "tool", tool_call_id: `c${n - 1 - i}`, content: "x" })),
  ]);
const anthropic = (n: number) =>
  json([
    { role: "user", content: "go" },
    { role: "assistant", content: list(n, (i) => ({ type: "tool_use", id: `c${i}`, name: "t", input: {} })) },
    {
      role: "user",
      content: list(
        n,
        (i) => ({
          type: "tool_result",
          tool_use_id: `c${n - 1 - i}`,
          content: [{ type: "text", text: "x" }],
        }),
      ),
    },
  ]);
const otel = (n: number) =>
  json({
    resourceSpans: [{
      scopeSpans: [{
        spans: list(n, (i) => ({
          traceId: "ab".repeat(16),
          spanId: i.toString(16).padStart(16, "0"),
          parentSpanId: Math.max(0, i - 1).toString(16).padStart(16, "0"),
          name: "execute_tool t",
          startTimeUnixNano: `${n - i}`,
          endTimeUnixNano: `${n - i + 1}`,
          attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "execute_tool" } }, {
            key: "gen_ai.tool.name",
            value: { stringValue: "t" },
          }],
        })),
      }],
    }],
  });
/** Models that ask for calls, each inside of the one before. */
const models = (n: number) =>
  json({
    resourceSpans: [{
      scopeSpans: [{
        spans: list(n, (i) => ({
          traceId: "ab".repeat(16),
          spanId: `${i}`,
          parentSpanId: i % 2 ? `${i - 1}` : "",
          name: "chat m",
          startTimeUnixNano: `${i + 1}`,
          attributes: [
            { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
            {
              key: "llm.output_messages.0.message.tool_calls.0.tool_call.id",
              value: { stringValue: `c${i}` },
            },
            {
              key: "llm.output_messages.0.message.tool_calls.0.tool_call.function.name",
              value: { stringValue: "t" },
            },
          ],
        })),
      }],
    }],
  });
/** Spans by OTLP's own encoding, every one with an id, a name and an attribute. */
const encodedSpans = (n: number) => {
  const field = (number: number, ...parts: Uint8Array[]) => {
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const length: number[] = [];
    let left = size;
    for (; left > 0x7f; left = Math.floor(left / 128)) length.push(left & 0x7f | 0x80);
    return concat([Uint8Array.from([number * 8 + 2, ...length, left]), ...parts]);
  };
  const span = (i: number) =>
    field(
      2,
      field(1, Uint8Array.of(1)),
      field(2, utf8(`${i}`)),
      field(5, utf8("execute_tool t")),
      field(9, field(1, utf8("gen_ai.tool.call.id")), field(2, field(1, utf8(`c${i}`)))),
    );
  return field(1, field(2, ...list(n, span)));
};
const spanTable = (n: number) =>
  utf8(
    "id,trace_id,run_type,name,inputs\n" +
      list(n, (i) => `"a${i}",01,tool,t,"{""text"": ""a, ""}"\n`).join(""),
  );
const nestedRuns = (n: number) =>
  json(list(Math.ceil(n / 100), (i) => {
    let run: JsonObject = { id: `a${i}`, trace_id: "01", run_type: "tool", name: "t", inputs: {} };
    for (let k = 0; k < 100; k++) run = { ...run, id: `a${i}_${k}`, child_runs: [run] };
    return run;
  }));
const uiStream = (n: number) =>
  utf8(
    'data: {"type":"start"}\n\n' +
      list(n, (i) =>
        `data: {"type":"tool-input-available","toolCallId":"c${i % 7}","toolName":"t","input":{}}\n\n`).join(
          "",
        ),
  );
const imported = (bytes: Uint8Array) =>
  importConversations(
    bytes,
    { runId: "r", captureMode: "raw" },
    { what, version: "0.0.0-test" },
  );

const token = (n: number) => ({
  schema_id: "x",
  schema_version: "1.0.0",
  created_at: T,
  expires_at: T,
  scope: list(n, (i) => ` S${i} `),
  delegation_scopes: list(n, (i) => ` S${i} `),
});

const file = async (path: string, content: Uint8Array) => {
  await Deno.writeFile(path, content);
  return path;
};
const inTemporaryFile = async (content: Uint8Array, read: (path: string) => unknown) => {
  const path = await Deno.makeTempFile({ prefix: "gait-linear-" });
  try {
    return await read(await file(path, content));
  } finally {
    await Deno.remove(path);
  }
};

/** What looks like documents to who counts brackets. */
const rows: Record<string, (n: number) => string> = {
  "objects": (n) => "{}".repeat(n),
  "commas before brackets": (n) => `[${"[1,],".repeat(n)}]`,
  "quotes and backslashes": (n) => '"\\\\\\""'.repeat(n),
  "a text without an end": (n) => `{"${"a".repeat(n)}`,
  "lists without an end": (n) => "[".repeat(n),
};

const commented: Record<string, (n: number) => string> = {
  "comments": (n) => "/* x */ // y\n".repeat(n) + "1",
  "comments in a comment": (n) => "1 /*" + "/* ".repeat(n) + "*/",
  "escapes": (n) => `"${"\\\\".repeat(n)}"`,
  "members": (n) => `{${list(n, (i) => `"k${i}": [1, 2,], // x\n`).join("")}}`,
};

/** What a server may answer, so that finding it again in arguments takes long. */
const tainted: Record<string, (n: number) => unknown> = {
  "percent escapes": (n) => "%41%".repeat(n),
  "escaped backslashes": (n) => "\\\\".repeat(n) + "u0041",
  "character references": (n) => "&#".repeat(n) + "&#x".repeat(n) + "&amp".repeat(n),
  "base64 of base64": (n) => btoa(btoa("abc,".repeat(n))),
  "lines of base64": (n) => "QUJDREVGR0hJSktM\n".repeat(n),
  "hex in hex": (n) => "0x".repeat(n) + "3431".repeat(n) + "\\x41-".repeat(n),
  "at signs": (n) => "a@".repeat(n) + "@".repeat(n),
  "labels": (n) => "a.".repeat(n) + "bc",
  "schemes": (n) => "x://".repeat(n) + "a@".repeat(n),
  "colons": (n) => "1:".repeat(n),
  "starts of account numbers": (n) => "de89 ".repeat(n) + "gb82".repeat(n),
  "letters without width": (n) => "\u200b\ufdfa".repeat(n),
  "lists in lists": (n) => list(n, (i) => [[String(i)]]),
  "names": (n) => Object.fromEntries(list(n, (i) => [`eve${i}@evil.test`, 1])),
  "different words": (n) => list(n, (i) => `word${Math.imul(i, 2654435761) >>> 0}`).join(" "),
};

/** Lint a policy, and write what was found. */
async function lintAll(text: string): Promise<void> {
  const { findings } = await lintPolicy(text, "p.yaml", "standard");
  await encodeSarif(findings, "p.yaml", "0.0.0-test");
}

/** Every reader of the program, with the input that would make a careless one slow. */
export const READERS: Readonly<Record<string, Reader>> = {
  ...named("JSON: ", strict, strictly),
  ...named("documents in a row: ", rows, findDocuments),
  "logs: commas, and a line that is cut off": {
    make: (n) => utf8(`${'{"role":"user","content":"x"},\n'.repeat(n)}{"role":"us`),
    read: (bytes) => readRoots(bytes, what),
  },
  "logs: conversations that begin alike": {
    make: (n) =>
      utf8(
        list(n, (i) =>
          `${
            JSON.stringify([...list(i % 7, (k) => ({ role: "user", content: `${k}` })), {
              role: "assistant",
              tool_calls: [{ id: `c${i}`, function: { name: "t", arguments: "{}" } }],
            }])
          }\n`).join(""),
      ),
    read: (bytes) => READ_LOGS.openai.read(readRoots(bytes, what)),
  },
  "tar: files": {
    make: (n) => writeTar(list(n, (i) => ({ name: `a${i}`, content: utf8("x") }))),
    read: (bytes) => readTar(bytes, what),
  },
  "tar: an extended header": {
    make: (n) => writeTar([{ name: "p", kind: "x", content: utf8("1 path=".repeat(n)) }]),
    read: (bytes) => readTar(bytes, what),
  },
  "Zstandard: frames": {
    make: (n) => concat(list(n, () => Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0))),
    read: framesOf,
  },
  "a table of promptfoo: brackets": {
    make: (n) => utf8(`${",[".repeat(n)},Status,Score,`),
    read: isPromptfooTable,
  },
  "JSON: bad UTF-8": { make: (n) => new Uint8Array(n).fill(0xc3), read: (bytes) => strictly(bytes) },
  "canonical JSON: keys": {
    make: (n) => Object.fromEntries(list(n, (i) => [`k${n - i}`, [i]])),
    read: canonicalize,
  },
  "JSONL: blank lines": {
    make: (n) => utf8("\n".repeat(n) + " \r\n".repeat(n)),
    read: (bytes) => [...readJsonLines(bytes, what)],
  },
  "JSONL: records": {
    make: (n) => utf8('{"a":1}\n'.repeat(n)),
    read: (bytes) => [...readJsonLines(bytes, what)],
  },
  "lines of a file": {
    make: (n) => utf8("x\n\n".repeat(n)),
    read: (bytes) => inTemporaryFile(bytes, (path) => [...linesOf(path, 1000)]),
  },
  ...Object.fromEntries(
    Object.entries(texts).map(([name, [make, read]]) => [name, { make, read, capped: CAPPED.has(name) }]),
  ),
  "globs": {
    make: (n) => ["*a".repeat(20), "a".repeat(n)],
    read: ([pattern, text]) => compileGlob(pattern)!(text),
  },
  "globs of many classes": {
    make: (n) => "[a-z]".repeat(n),
    read: (pattern) => compileGlob(pattern)!("abc"),
  },
  "globs that are malformed": { make: (n) => "[".repeat(n), read: compileGlob },

  "zip: entries": { size: 800, make: (n) => buildZip(list(n, (i) => ({ name: `e${i}` }))), read: openZip },
  "zip: names of blanks": { make: (n) => buildZip([{ name: "a" + " ".repeat(n) + "b" }]), read: openZip },
  "zip: names of dots": {
    make: (n) => buildZip([{ name: "a" + ".".repeat(n) + "b" }, { name: "./".repeat(n) + "c" }]),
    read: openZip,
  },
  "zip: names of U+0085": {
    make: (n) => buildZip([{ name: "a" + "\u0085".repeat(n) + "b" }]),
    read: openZip,
  },
  "zip: a comment of end records": {
    make: (n) => buildZip([], { comment: utf8("PK".repeat(n)) }),
    read: openZip,
  },
  "zip: extra fields": {
    capped: true,
    make: (n) => buildZip([{ extra: new Uint8Array(4 * n) }]),
    read: openZip,
  },
  "zip: bytes in front": { make: (n) => buildZip([], { before: utf8("P".repeat(n)) }), read: openZip },

  ...named("policy: ", yaml, (text) => parsePolicy(text, "p.yaml")),
  ...named("policy fmt: ", yaml, (text) => formatPolicy(text, "p.yaml")),
  ...named("policy lint: ", { ...yaml, ...lint, ...ALIKE }, lintAll),
  // Rules are compared in pairs up to a budget (lib/lint/shadow.ts), which fewer of these would not use up.
  "policy lint: anchors and aliases": { size: 1000, make: yaml["anchors and aliases"]!, read: lintAll },
  ...named("JSON with comments: ", commented, (text) => parseJsonc(text, what)),
  "JSON with comments: servers of a client": {
    size: 300,
    make: (n) =>
      JSON.stringify({
        mcpServers: Object.fromEntries(list(n, (i) => [`s${i}`, { command: "x", args: ["y"] }])),
      }),
    read: (text) =>
      planInstall({ what, text, backup: text, member: "mcpServers" }, [], {
        program: "gait",
        argumentsOf: (name) => ["mcp", "gateway", name],
      }),
  },
  ...named("taint: ", tainted, (text) => {
    const memory = createTaintMemory();
    memory.remember({ kind: "external", ref: "r" }, text);
    memory.match({ text });
  }),
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
  "approval tokens": { make: token, read: (document) => parseApprovalToken(document, what) },
  "delegation tokens": { make: token, read: (document) => parseDelegationToken(document, what) },
  "say-tokens": { make: (n) => json(token(n)), read: (bytes) => readSayToken(bytes, what) },
  "answers of a broker": {
    make: (n) => utf8(`{"issued_by":"x","credential_ref":"${"r".repeat(n)}"}`),
    read: (stdout) =>
      commandAnswer({ scope: [] } as never, { command: "x", args: [] }, {
        env: { get: () => undefined },
        runChild: () => Promise.resolve({ code: 0, timedOut: false, stdout, size: stdout.length } as never),
      }),
  },
  "context envelopes": {
    size: 500,
    make: (n) =>
      json({
        context_set_id: "c",
        records: receipts(n, "r", { query_digest: SHA, content_digest: SHA }).receipts,
      }),
    read: readContextEnvelope,
  },
  "inventories": {
    make: (n) => json(list(n, (i) => ({ tool_name: `t${i}` }))),
    read: (bytes) => parseInventory(bytes),
  },
  "gate defaults": {
    make: (n) => utf8(list(n, (i) => `k${i}: 1\n`).join("")),
    read: (bytes) => parseDefaults(bytes, what),
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
  "trust snapshots": {
    make: (n) => json({ entries: list(n, (i) => ({ server_id: `s${i}`, score: 0.5, updated_at: T })) }),
    read: (bytes) => readSnapshot("s", { read: () => Promise.resolve(bytes) }),
  },
  "media types with parameters": {
    make: (n) => `a/b${list(n, (i) => `;p${i}="${"\\\\"}"`).join("")}`,
    read: (text) => mediaTypeOf(text),
  },
  "paths of requests": {
    make: (n) => "/a/..//%2e".repeat(n),
    read: (text) => readRequestPath(text),
  },
  "run ids": { make: (n) => "/_".repeat(n), read: (text) => normalizeRunId(text) },
  "requests of a stream": {
    make: (n) => json({ id: 1, intent: intents["targets"]!(n) }),
    read: (bytes) => readRequest(bytes, () => {}),
  },
  "messages of MCP": {
    make: (n) =>
      json({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "t", arguments: Object.fromEntries(list(n, (i) => [`k${i}`, `"${i}\\`])) },
      }),
    read: (bytes) => readMessage(bytes),
  },
  "batches of MCP": {
    make: (n) => json(list(n, (i) => ({ jsonrpc: "2.0", id: i, method: "ping" }))),
    read: (bytes) => readMessage(bytes),
  },
  "keys of MCP that are open": {
    make: (n) => utf8('{"a":"'.repeat(n)),
    read: (bytes) => readMessage(bytes),
  },
  "events of MCP": {
    make: (n) => list(n, () => utf8("data: x")),
    read: (pieces: Uint8Array[]) => Array.fromAsync(readEvents(inPieces(pieces), 1 << 30)),
  },
  "events of MCP that are too large": {
    make: (n) => list(n, (i) => utf8(i === 0 ? "data: [" : `{"id":${i},"method":"x"},`)),
    read: (pieces: Uint8Array[]) => Array.fromAsync(readEvents(inPieces(pieces), 1)),
  },
  "lines of MCP that are too long": {
    make: (n) => json(list(n, (i) => ({ id: `${i}`, method: "x", params: { id: i } }))),
    read: (bytes) => [...new MessageLines(1).push(concat([bytes, utf8("\n")]))],
  },
  "logs of MCP sessions": {
    make: (n) =>
      utf8(
        `{"record":"session","session":"s","server":"s","created_at":"","part":1}\n` +
          list(n, (i) => `{"record":"end","call_id":"${i}","time":"","status":"ok","output_digest":""}\n`)
            .join(""),
      ),
    read: (bytes) => readSessionLog(bytes, what),
  },
  "mappings of MCP tools": {
    make: (n) => json({ tools: Object.fromEntries(list(n, (i) => [`t${i}`, { read_only_hint: true }])) }),
    read: (bytes) => readMappings("m.json", { read: () => Promise.resolve(bytes) }),
  },
  "lists of MCP tools": {
    make: (n) => list(n, (i) => ({ name: `t${i}` })),
    read: (tools: JsonObject[]) =>
      makeCatalog(() => Promise.resolve({ tools }), {
        kind: "tool",
        pins: undefined,
        now: () => 0,
        expires: false,
      }).find("t1"),
  },
  "expectations": {
    make: (n) => json({ verdict: "allow", reason_codes: list(n, (i) => `c${i}`) }),
    read: (bytes) => parseExpectation(bytes, what),
  },
  "names of tools": { make: (n) => list(n, (i) => `t.${i}`), read: candidateTools },
  "traces": {
    make: (n) => json({ trace_id: "t", verdict: "allow", violations: list(n, (i) => `v${i}`) }),
    read: (bytes) => verifyTrace(bytes, NO_KEYS),
  },
  "journals of traces": {
    make: (n) => utf8(list(n, (i) => `{"files":{"t${i}.json":"{}"}}\n`).join("")),
    read: (bytes) => readTraceJournal(bytes, what),
  },
  "recording journals": {
    make: (n) =>
      concat([
        headLine({ runId: "r", captureMode: "raw", createdAt: T, producerVersion: "1", os: "o", arch: "a" }),
        ...list(n, (i) =>
          callLine({
            callId: `call_${i}`,
            toolName: "t",
            argsDigest: SHA,
            verdict: "allow",
            violations: [],
            traceId: "t",
            observedAt: T,
          })),
      ]),
    read: (bytes) => readRecording(bytes, what),
  },
  "results in a stream": {
    make: (n) => json({ "gait.result": { id: 1, status: "ok", result: { rows: list(n, (i) => i) } } }),
    read: (bytes) => readStreamLine(bytes, () => {}),
  },
  "session journals": {
    size: 300,
    make: sessionJournal,
    read: (bytes) =>
      inTemporaryFile(bytes, async (path) => {
        const { makeFiles } = await import("../../lib/effects/files.ts");
        await readSession(makeFiles(), path);
      }),
  },

  "run record: calls": { size: 500, make: (n) => run(n), read: record },
  "run record: receipts": {
    size: 500,
    make: (n) => run(2, { refs: receipts(n, "ref_", { query_digest: SHA, content_digest: SHA }) }),
    read: record,
  },
  "run record: receipts of traces": {
    size: 500,
    make: (n) => run(n, { refs: receipts(n, "trace_i", {}) }),
    read: record,
  },
  "run inspect": { make: (n) => runpack(n), read: inspectRunpack },
  "run replay": { make: (n) => runpack(n), read: (pack) => replayRun(pack) },
  "run diff": {
    make: async (n) => [await runpack(n), await runpack(n - 1)],
    read: ([a, b]) => diffRunpacks(a, b, "full"),
  },
  "run reduce: nothing fails": {
    make: (n) => runpack(n),
    read: (pack) => reduceRunpack(pack, "missing_result"),
  },
  "run reduce: the last fails": {
    make: (n) => runpack(n, { results: list(n, (i) => call(i, i === n - 1 ? "error" : "ok").result) }),
    read: (pack) => reduceRunpack(pack, "non_ok_status"),
  },
  "runpack verify: rows": { make: runpackWithRows, read: (bytes) => verifyRunpack(bytes) },
  "pack verify: rows of nothing": {
    make: (n) => packWithRows(n, (i) => ({ path: `p${i}`, sha256: SHA, type: "blob" })),
    read: (bytes) => verifyPack(bytes),
  },
  "pack verify: a row again and again": {
    make: (n) => packWithRows(n, () => ({ path: "run_payload.json", sha256: SHA, type: "json" })),
    read: (bytes) => verifyPack(bytes),
  },
  "pack verify: entries": {
    size: 400,
    make: async (n) =>
      await forge(await runPackSample(), Object.fromEntries(list(n, (i) => [`b${i}.bin`, utf8("x")]))),
    read: (bytes) => verifyPack(bytes),
  },
  "pack verify: decisions": {
    size: 150,
    make: sharedGatedPack,
    read: (bytes) => verifyPack(bytes),
  },
  "pack inspect: decisions": {
    size: 150,
    make: sharedGatedPack,
    read: inspectPack,
  },
  "pack inspect: calls": { size: 500, make: async (n) => await runPackOf(n), read: inspectPack },
  "pack diff: calls": {
    size: 500,
    make: async (n) => await runPackOf(n),
    read: async (bytes) => diffPacks(await readSide(bytes), await readSide(bytes)),
  },
  "voice: call records": { size: 500, make: callWith, read: (bytes) => readCallRecord(bytes, what) },
  "voice: callpacks": {
    size: 300,
    make: async (n) => {
      const { bytes } = await packSample();
      const { pack } = {
        pack: (await buildCallPack(readCallRecord(callWith(n), what), bytes, "0.0.0-test")).bytes,
      };
      return pack;
    },
    read: (bytes) => verifyPack(bytes),
  },
  "conversations of OpenAI": { size: 400, make: openai, read: imported },
  "conversations of Anthropic": { size: 400, make: anthropic, read: imported },
  "conversations of OpenTelemetry": { size: 400, make: otel, read: imported },
  ...Object.fromEntries(
    Object.entries(LOGS).map(([name, make]) => [`logs of ${name}`, { size: 1500, make, read: imported }]),
  ),
  "spans of models": { size: 400, make: models, read: imported },
  "spans by OTLP's own encoding": { size: 400, make: encodedSpans, read: imported },
  "tables of spans": { size: 400, make: spanTable, read: imported },
  "runs inside of runs": { size: 400, make: nestedRuns, read: imported },
  "streams of UI messages": { size: 400, make: uiStream, read: imported },
  "job state": {
    make: (n) =>
      json({
        job_id: "j",
        revision: 1,
        checkpoints: list(n, (i) => ({ checkpoint_id: `c${i}` })),
        approvals: [],
      }),
    read: async (bytes) => openDecisions(await readStateFrom(bytes, what)),
  },
  "decisions of a job": {
    size: 400,
    make: (n) => ({
      checkpoints: list(
        n,
        (i) => ({ type: "decision-needed", checkpoint_id: `c${i}`, created_at: ZERO_TIME }),
      ),
      approvals: list(n, (i) => ({ checkpoint_id: i % 2 ? `c${i}` : "", created_at: ZERO_TIME })),
    }),
    read: (state) => openDecisions(state),
  },
  "lines of a job's command": {
    make: (n) => `{"summary":"${"x".repeat(n)}"`,
    read: (text) => readChildLine(text),
  },
  "revocation lists": {
    make: (n) => utf8(list(n, (i) => `agent.${i}`).join("\n")),
    read: (bytes) => readRevocations(bytes, what),
  },
  "regress config": {
    make: (n) => json({ fixtures: list(n, (i) => ({ name: `f${i}`, runpack: "x" })) }),
    read: (bytes) => readConfig(bytes, what),
  },
  "regress fixture": {
    make: (n) =>
      json({
        name: "f",
        run_id: "r",
        runpack: "x",
        expected_tool_sequence: list(n, (i) => `t${i}`),
        diff_allow_changed_files: list(n, (i) => `f${i}`),
      }),
    read: (bytes) => readFixture(bytes, what),
  },
  "regress config in YAML": {
    make: (n) => utf8(`fixtures:\n${list(n, (i) => `  - {name: f${i}, runpack: x}\n`).join("")}`),
    read: (bytes) => readConfig(bytes, what),
  },
  "output of a wrapped command": {
    make: (n) => utf8(list(n, (i) => ` trace_path=t${i}.json\r\n`).join("")),
    read: (bytes) => {
      const collector = new ReferenceCollector();
      for (let at = 0; at < bytes.length; at += 7) collector.take("stdout", bytes.subarray(at, at + 7));
      return collector.end();
    },
  },
  "one line of a wrapped command": {
    capped: true,
    make: (n) => utf8("x".repeat(n)),
    read: (bytes) => {
      const collector = new ReferenceCollector();
      for (let at = 0; at < bytes.length; at++) collector.take("stdout", bytes.subarray(at, at + 1));
      return collector.end();
    },
  },
  "calls in free order": {
    size: 1000,
    make: (n) => {
      const run = (ids: string) => ({
        intents: list(
          n,
          (i) => ({ intent_id: `${ids}${i}`, tool_name: `t${i % 7}`, args_digest: `${ids}${i}` }),
        ),
        results: list(n, (i) => ({ intent_id: `${ids}${i}`, status: "ok", result_digest: "" })),
      });
      return [run("a"), run("b")];
    },
    read: ([recorded, candidate]) =>
      applyTolerances(
        recorded as unknown as Runpack,
        candidate as unknown as Runpack,
        readTolerances([], { all: list(7, (i) => `t${i}`) }, what),
      ),
  },
  "regress report": {
    make: (n) => ({
      schema_id: "x",
      graders: list(
        n,
        (i) => ({ name: `f${i}/diff`, status: i % 2 ? "pass" : "fail", reason_codes: ["x"], details: {} }),
      ),
    }),
    read: (result) => encodeJunit(result),
  },
  "registry manifest: artifacts": {
    make: (n) => json(unsignedPack({ artifacts: list(n, (i) => ({ path: `a/${i}.md`, sha256: SHA })) })),
    read: (bytes) => readManifest(bytes, what),
  },
  "registry manifest: signatures": {
    make: (n) => json(unsignedPack({ signatures: list(n, (i) => ({ alg: "x", key_id: `${i}`, sig: "x" })) })),
    read: (bytes) => readManifest(bytes, what),
  },
  "registry artifacts: paths": {
    make: (n) => list(n, (i) => ({ path: `a/b/c/${i}.md`, sha256: SHA, media_type: "" })),
    read: artifactsFault,
    capped: true,
  },
  "registry names": { make: (n) => "a.".repeat(n), read: nameFault, capped: true },
  "registry sources": { make: (n) => `https://a.test/${"?#/".repeat(n)}`, read: parseSource },
  "registry sources that are files": { make: (n) => "x:/".repeat(n), read: parseSource, capped: true },
  "diagnosed configuration: keys": {
    make: (n) => utf8(`gate:\n${list(n, (i) => `  k${i}: x\n`).join("")}`),
    read: (bytes) => readLeniently(bytes, what),
  },
  "edited configuration: comments": {
    make: (n) => `gate:\n${"  # x\n".repeat(n)}  profile: standard${" ".repeat(n)}# ${"y".repeat(n)}\n`,
    read: (text) => setConfigKey(text, "gate", "profile", "oss-prod"),
  },
  "redacted texts": {
    make: (n) => "//".repeat(n) + "A1".repeat(n) + "/b1".repeat(n) + "@".repeat(n),
    read: (text) => redact(text, new Map([["A1A1", "x"], ["//", "y"]])),
  },
  "adoption events": {
    make: (n) =>
      list(n, (i) => ({
        at: parseTime(T),
        command: `c${i}`,
        workflow: "",
        success: i % 2 === 0,
        exitCode: i % 7,
        elapsed: i,
        milestones: ["A1", `m${i}`],
      })),
    read: (events) => adoptionReport(events, { source: what, version: "1" }),
  },
  "encrypted artifact of escapes": {
    make: (n) => json({ algorithm: "a", ciphertext: `${"\\n".repeat(n)}${'"'.repeat(n)}` }),
    read: (bytes) => scanArtifact(pieces(bytes), what).catch(refusal),
  },
  "encrypted artifact of brackets": {
    make: (n) => utf8(`{"key_source":${"[".repeat(n)}`),
    read: (bytes) => scanArtifact(pieces(bytes), what).catch(refusal),
  },
  "manifest of an evidence pack": {
    size: 300,
    make: (n) => evidencePackOf(n),
    read: (bytes) => verifyEvidencePack(bytes, { trusted: NO_KEYS, requireSignature: false }),
  },
  "control index": {
    make: (n) => list(n, (i) => ({ path: `approval_audit_${i}.json`, sha256: SHA, type: "evidence" })),
    read: (contents) => controlIndex("soc2", contents),
  },
  "retention of many files": {
    make: (n) =>
      list(
        n,
        (i) => ({ path: `trace_${i}.json`, below: "", kind: "trace" as const, modified: i, version: "" }),
      ),
    read: (found) => planRetention(found, { ttl: { trace: 1n }, keepLast: 10, isHeld: () => false }, 1e9),
  },
  "identities of age": {
    make: (n) => "# comment\r\n\n".repeat(n) + "AGE-SECRET-KEY-1" + "Q".repeat(n),
    read: (text) => refusalOf(() => parseIdentities(text, what)),
  },
  "columns of long names": {
    make: (n) => [["x".repeat(n), "y"], ...list(n, (i) => [`${i}`, "y"])],
    read: (rows) => columns(rows).map((line) => line.map(({ text }) => text).join("")).join("\n"),
  },
};

// deno-lint-ignore no-explicit-any -- as in Reader
function named(prefix: string, inputs: Record<string, (n: number) => any>, read: (input: any) => unknown) {
  return Object.fromEntries(
    Object.entries(inputs).map((
      [name, make],
    ) => [prefix + name, { size: prefix === "JSON: " ? 2000 : 300, make, read }]),
  );
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

function heldToPathLists(value: string): void {
  const path = placeOf(aTarget({ value }), "/srv/ws").path!;
  compilePathDenylist(["/srv/*/b/**", "/srv/a*b*c"])(path);
  compilePathAllowlist(["/srv/**", "/srv/a*"])(path);
}

/** An error of ours is an answer. */
function refusal(error: unknown): void {
  if (!(error instanceof GaitError)) throw error;
}

function refusalOf(step: () => unknown): void {
  try {
    step();
  } catch (error) {
    refusal(error);
  }
}

async function evidencePackOf(n: number): Promise<Uint8Array> {
  const traces = list(n, (i) => [`t${i}.json`, aTrace({ trace_id: `t${i}` })] as const);
  const files = await evidenceFolder(Object.fromEntries(traces));
  return (await evidencePack(files, { traces: traces.map(([path]) => path) }, { attach: true })).pack.bytes;
}

async function runPackOf(n: number): Promise<Uint8Array> {
  return await runPackSample(undefined, (given) => {
    given.intents = list(n, (i) => call(i).intent);
    given.results = list(n, (i) => call(i).result);
    given.refs = SAMPLE.refs;
  });
}

/** A journal with as many events, each with the digest that it must have. */
async function sessionJournal(n: number): Promise<Uint8Array> {
  const { appendEvent } = await import("../../lib/session/append.ts");
  const { startSession } = await import("../../lib/session/start.ts");
  const effects = fakeEffects({ files: memoryFiles() });
  await startSession("s.jsonl", { sessionId: "s", runId: "r" }, effects, "1.0.0");
  for (let i = 0; i < n; i++) {
    await appendEvent("s.jsonl", { toolName: `t${i}`, verdict: "allow" }, effects, "1.0.0");
  }
  return await effects.files.read("s.jsonl");
}

const gatedPacks = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();

/** {@linkcode gatedPack}, made once for the readers that it is for: each of its calls is signed and approved. */
function sharedGatedPack(count: number): Promise<Uint8Array<ArrayBuffer>> {
  const made = gatedPacks.get(count) ?? gatedPack(count);
  gatedPacks.set(count, made);
  return made;
}
