import { GaitError, invalidInput } from "../../errors/mod.ts";
import { compile } from "../../evaluate/compile.ts";
import { evaluateCompiled } from "../../evaluate/evaluate.ts";
import { encodeExplanation } from "../../evaluate/explain/encode.ts";
import { explainDecision } from "../../evaluate/explain/explain.ts";
import { comparePolicies } from "../../evaluate/fixtures/compare.ts";
import { YamlError } from "../../formats/yaml/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { insideWorkingFolder } from "../../formats/path.ts";
import { intentDigest, withoutClaims } from "../../intent/digest.ts";
import { parseIntent } from "../../intent/parse.ts";
import { lintPolicy } from "../../lint/lint.ts";
import { parsePolicy } from "../../policy/parse.ts";
import type { UiContext } from "../context.ts";
import type { KnownIntents } from "../known_intents.ts";
import type { RequestFields } from "../request_fields.ts";
import type { KnownRuns } from "../runs/known_runs.ts";
import { recordedCalls } from "../runs/recorded_calls.ts";
import type { TraceIndex } from "../traces/trace_index.ts";
import { coverageOf } from "./coverage.ts";
import { type KnownPolicies, MAX_POLICY_BYTES } from "./known_policies.ts";

/** What the view of policies works with. */
export interface PolicySources {
  readonly context: UiContext;
  readonly policies: KnownPolicies;
  readonly intents: KnownIntents;
  readonly traces: TraceIndex;
  readonly runs: KnownRuns;
}

/** Most intents that are offered for trying, and most changes that are listed. */
const MAX_LISTED = 500;

/** The policies and intents of the folder, and the text of one policy. */
export async function showPolicy(
  fields: RequestFields,
  { context: { effects, options }, policies, intents }: PolicySources,
): Promise<JsonObject> {
  const all = await policies.all();
  const path = fields.text("path") || all[0]?.path;
  if (path !== undefined) checkListed(path, all.map((known) => known.path));
  return {
    policies: all.map(({ path, loaded }) => ({
      path,
      digest: loaded?.digest ?? "",
      valid: loaded !== undefined,
    })),
    intents: (await intents.all()).slice(0, MAX_LISTED).map(({ path, intent, digest }) => ({
      path,
      tool_name: intent.toolName,
      digest,
    })),
    read_only: options.readOnly,
    ...(path === undefined ? {} : {
      path,
      text: new TextDecoder().decode(await effects.files.read(path, MAX_POLICY_BYTES)),
    }),
  };
}

/** The text of a known intent, to try a policy on and to change. */
export async function showIntent(
  fields: RequestFields,
  { context: { effects }, intents }: PolicySources,
): Promise<JsonObject> {
  const path = fields.text("path");
  checkListed(path, (await intents.all()).map((known) => known.path));
  return { path, text: new TextDecoder().decode(await effects.files.read(path)) };
}

function checkListed(path: string, listed: readonly string[]): void {
  if (!listed.includes(path)) throw invalidInput("There is no such file among those that this page lists");
}

/**
 * Check a text as a policy: every mistake with its place, or else its digest, the findings of the linter, and which rules
 * the traces and intents of the folder reached.
 */
export async function checkPolicy(fields: RequestFields, sources: PolicySources): Promise<JsonObject> {
  try {
    const { policy, digest, findings, ignored } = await lintPolicy(fields.text("text"), "policy", "standard");
    return {
      valid: true,
      digest,
      default_verdict: policy.defaultVerdict,
      findings: findings.map(({ ruleId, level, message, hint, line, column, ruleName }) => ({
        ...{ rule_id: ruleId, level, message, hint, line, column },
        ...(ruleName === undefined ? {} : { rule_name: ruleName }),
      })),
      ignored: ignored.length,
      ...await coverageOf(policy, digest, sources),
    };
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return { valid: false, mistakes: mistakesOf(error) };
  }
}

function mistakesOf(error: GaitError): JsonObject[] {
  const all = error instanceof YamlError ? [error, ...error.others ?? []] : [error];
  return all.map((mistake) => ({
    message: mistake.message,
    ...(mistake.hint === undefined ? {} : { hint: mistake.hint }),
    ...(mistake instanceof YamlError ? { line: mistake.place.line, column: mistake.place.column } : {}),
  }));
}

/** Evaluate an intent as it stands in the editor by a policy as it stands in the editor. */
export async function tryPolicy(fields: RequestFields): Promise<JsonObject> {
  const { policy } = await parsePolicy(fields.text("policy"), "policy");
  const intent = withoutClaims(await parseIntent(fields.text("intent"), "intent", { numbers: "warn" }));
  const compiled = compile(policy);
  const evaluation = evaluateCompiled(compiled, intent);
  return {
    verdict: evaluation.verdict,
    matched_rule: evaluation.matchedRule,
    reason_codes: [...evaluation.reasonCodes],
    violations: [...evaluation.violations],
    min_approvals: evaluation.minApprovals,
    intent_digest: await intentDigest(intent),
    explanation: encodeExplanation(explainDecision(compiled, intent, evaluation)),
  };
}

/**
 * What the policy in the editor would say of the known intents and the calls of recorded runs, against the policy that a file
 * holds.
 */
export async function whatIf(fields: RequestFields, sources: PolicySources): Promise<JsonObject> {
  const { context: { effects }, policies, intents, runs } = sources;
  const path = fields.text("path");
  checkListed(path, (await policies.all()).map((known) => known.path));
  const baseline = await parsePolicy(await effects.files.read(path, MAX_POLICY_BYTES), path);
  const candidate = await parsePolicy(fields.text("text"), "policy");
  const known = await intents.all();
  const calls = new Set(known.map(({ intent }) => `${intent.toolName}\n${intent.argsDigest}`));
  const recorded = await recordedCalls(runs, (tool, digest) => calls.has(`${tool}\n${digest}`));
  const comparison = comparePolicies(baseline.policy, candidate.policy, [...known, ...recorded]);
  const widened = new Set(comparison.widened);
  return {
    total: comparison.total,
    from_intents: known.length,
    from_runs: recorded.length,
    recommendation: comparison.recommendation,
    before: Object.fromEntries(comparison.baselineVerdicts),
    after: Object.fromEntries(comparison.candidateVerdicts),
    changed_total: comparison.decidedOtherwise.length,
    widened: widened.size,
    changed: comparison.decidedOtherwise.slice(0, MAX_LISTED).map((change) => ({
      path: change.fixture.path,
      tool_name: change.fixture.intent.toolName,
      before: change.baseline.verdict,
      after: change.candidate.verdict,
      before_rule: change.baseline.matchedRule,
      after_rule: change.candidate.matchedRule,
      widened: widened.has(change),
    })),
  };
}

/**
 * Save the policy of the editor, if it is a valid one and the file still has the text that was edited.
 *
 * @throws {GaitError} `unsafe_operation` when the page is read-only, `state_contention` when the file changed meanwhile
 */
export async function savePolicy(fields: RequestFields, sources: PolicySources): Promise<JsonObject> {
  const { context: { effects: { files }, options }, policies } = sources;
  if (options.readOnly) {
    throw new GaitError("unsafe_operation", "This page is read-only", {
      hint: "Start it with --read-only=false",
    });
  }
  const [path, text] = [fields.text("path"), fields.text("text")];
  checkListed(path, (await policies.all()).map((known) => known.path));
  const { digest } = await parsePolicy(text, path);
  const held = new TextDecoder().decode(await files.read(path, MAX_POLICY_BYTES));
  if (held !== fields.text("was")) {
    throw new GaitError("state_contention", `"${path}" was changed by somebody else`, {
      hint: "Copy your text, open the file again, and put your changes in",
    });
  }
  const mode = (await files.stat(path))?.mode ?? 0o600;
  await files.writeAtomic(insideWorkingFolder(path), utf8(text), { mode });
  return { path, digest };
}
