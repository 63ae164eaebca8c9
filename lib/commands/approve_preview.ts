import type { World } from "../effects/mod.ts";
import { GaitError, unsafeOperation } from "../errors/mod.ts";
import { escapeControls } from "../formats/controls.ts";
import { parseIntent } from "../gate/intent/parse.ts";
import { readStoppedCall, type StoppedCall } from "../gate/authority/stopped_call.ts";
import { allTargets } from "../gate/intent/beyond_steps.ts";
import { isDestructiveCall, isDestructiveTarget } from "../gate/intent/effects.ts";
import { runsCode } from "../gate/intent/runs_code.ts";
import { parsePolicy } from "../gate/policy/parse.ts";
import { type KeySources, loadTrustedKeys } from "../signing/mod.ts";
import { columns, type Line, line, warn } from "./text.ts";

/** Files that tell of a stopped call; the empty text stands for "not given". */
export interface StoppedFiles {
  readonly trace: string;
  readonly intent: string;
  readonly policy: string;
}

/** A trace beyond this is none: 16 MiB. */
const MAX_TRACE_BYTES = 1 << 24;

/** Read what files tell of a stopped call. */
export async function loadStoppedCall(
  paths: StoppedFiles,
  sources: KeySources,
  world: World,
): Promise<StoppedCall> {
  const { files } = world;
  const trace = await files.read(paths.trace, MAX_TRACE_BYTES);
  const trusted = await loadTrustedKeys(sources, world);
  return await readStoppedCall(trace, trusted, {
    ...(paths.intent === ""
      ? {}
      : { intent: await parseIntent(await files.read(paths.intent), `intent "${paths.intent}"`) }),
    ...(paths.policy === ""
      ? {}
      : { policy: await parsePolicy(await files.read(paths.policy), paths.policy) }),
  });
}

/** What a person is about to approve. */
export function stoppedCallLines(call: StoppedCall): Line[] {
  const { intent, evaluation } = call;
  const steps = intent?.script?.steps ?? [];
  return [
    ...columns([
      ["tool", `${call.toolName}${runsCode(call.toolName) ? "  RUNS WHAT IT IS GIVEN" : ""}`],
      ...(intent ? [["asked by", intent.context.identity] as const] : []),
      ...(call.requester === "" ? [] : [["on behalf of", call.requester] as const]),
      ["arguments", `sha256:${call.argsDigest}`],
      // Names alone: values may be secrets, and this ends up in the logs of scripts.
      ...(intent && Object.keys(intent.args).length > 0
        ? [["", `named ${Object.keys(intent.args).join(", ")}`] as const]
        : []),
      // Those of all steps as well: what a script says of itself must not hide what its steps do.
      ...(intent ? allTargets(intent) : []).map((target, i) =>
        [
          i === 0 ? "targets" : "",
          `${target.kind} ${target.value}  ${target.operation || target.endpointClass}${
            isDestructiveTarget(target) ? "  DESTRUCTIVE" : ""
          }`,
        ] as const
      ),
      ...steps.map((step, i) =>
        [`step ${i + 1}`, `${step.toolName}${isDestructiveCall(step) ? "  DESTRUCTIVE" : ""}`] as const
      ),
      ...(evaluation
        ? [
          ["rule", evaluation.matchedRule || "none matched: the default of the policy"] as const,
          ["reasons", evaluation.reasonCodes.join(", ")] as const,
          ["approvals", `${Math.max(1, evaluation.minApprovals)} needed`] as const,
        ]
        : []),
      ["verdict", call.verdict],
      ["violations", call.violations.join(", ")],
      ["intent", call.intentDigest],
      ["policy", call.policyDigest],
      ["trace", `${call.traceId}  ${call.observedAt}`],
    ]),
    line(
      ...(call.verifiedBy === ""
        ? [warn("unverified"), ": nobody vouches for this trace; give --trace-public-key"]
        : [`trace signed by ${call.verifiedBy}`]),
    ),
    ...(intent
      ? []
      : [line(warn("unseen"), ": the trace holds no targets; give --intent to see what would happen")]),
  ];
}

/**
 * Let a person decide. Nobody there, and no leave to go on without, means no.
 *
 * @throws {GaitError} `unsafe_operation` when nobody can be asked, `approval_required` when the answer is no
 */
export async function confirm(lines: readonly Line[], yes: boolean, world: World): Promise<void> {
  if (yes) return;
  if (!world.isTerminal()) {
    throw unsafeOperation("Cannot approve: nobody is at the terminal to look at the call", {
      hint: "Run it on a terminal, or give --yes if somebody has looked",
    });
  }
  const shown = lines.map((spans) => spans.map(({ text }) => escapeControls(text)).join("") + "\n").join("");
  const answer = await world.ask(`About to approve:\n${shown}Sign? [y/N] `);
  if (!/^(y|yes)$/i.test(answer)) {
    throw new GaitError("approval_required", "Not approved: nothing was signed", {
      hint: "Answer y to sign",
    });
  }
}
