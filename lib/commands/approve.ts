import type { Effects } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { cutToSeconds } from "../formats/time.ts";
import { mintApproval } from "../tokens/mint.ts";
import { SINGLE_USE } from "../tokens/trust.ts";
import { writeToken } from "../tokens/sealed.ts";
import type { StoppedCall } from "../gate/stopped_call.ts";
import { trim, trimLower } from "../formats/text.ts";
import { loadSigningKey } from "../signing/mod.ts";
import { blankText, bool, defineCommand, type FlagValues, integer } from "./define.ts";
import { keepInputs, noteReads } from "./inputs.ts";
import { keySource, keySources } from "./key_flags.ts";
import { mintFlags, scopeOf, ttlOf, ttlWarnings } from "./mint_flags.ts";
import { compact, success } from "./outcome.ts";
import { pathArgument } from "../formats/shell.ts";
import { columns, good, line, nextLines, warn } from "./text.ts";

/** Flags that tell of a stopped call. */
const stoppedFlags = {
  "from-trace": blankText(
    "file",
    "trace of the stopped call: fills in digests and scope, and asks before it signs",
  ),
  intent: blankText("file", "the call itself: shown whole, and what the token says must fit it"),
  policy: blankText("file", "with --intent: the policy, to show the rule that stops the call"),
  "trace-public-key": keySource("file", "with --from-trace: the key that signed the trace"),
  "trace-public-key-env": keySource("variable", "environment variable that holds it"),
  yes: bool("sign without asking, for scripts, where a trace or the call fills something in"),
};

/** Flags whose values a trace gives. */
const FILLED = ["intent-digest", "policy-digest", "delegation-binding-digest"] as const;

/** `gait approve` (docs/spec/tokens.md 2.1). */
export default defineCommand({
  explain: "Signs that a person lets one stopped call pass, under one policy and for a time.",
  flags: {
    "intent-digest": blankText("digest", "the call, as gate eval prints it"),
    "policy-digest": blankText("digest", "the policy, as gate eval prints it"),
    "delegation-binding-digest": blankText(
      "digest",
      "the delegation that the call acts under, as gate eval prints it",
    ),
    approver: blankText("identity", "who approves"),
    "reason-code": blankText("code", "why, e.g. the number of a change"),
    "max-targets": integer("n", "at most so many targets; 0 for no bound", { default: 0 }),
    "max-ops": integer("n", "at most so many operations; 0 for no bound", { default: 0 }),
    "single-use": bool("the token counts once"),
    ...stoppedFlags,
    ...mintFlags,
  },
  flagsFirst: true,
  needs: { read: true, write: true, env: true },
  examples: [
    "gait approve --intent-digest <digest> --policy-digest <digest> --scope tool:pay.send --ttl 30m " +
    "--approver dana --reason-code CHG-7 --key-mode prod --private-key dana_private.key",
    "gait approve --from-trace trace.json --intent intent.json --policy policy.yaml --ttl 30m --approver dana " +
    "--reason-code CHG-7 --single-use --key-mode prod --private-key dana_private.key",
  ],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const ttl = ttlOf(flags.ttl);
    const stopped = await stoppedCall(flags, effects);
    const scope = stopped?.fillsIn ? [...stopped.call.scope, ...flags.scope] : scopeOf(flags.scope);
    const { key, warnings } = await loadSigningKey(keySources(flags), effects);
    const { token, file } = await mintApproval({
      intentDigest: stopped?.call.intentDigest ?? flags["intent-digest"],
      policyDigest: stopped?.call.policyDigest || flags["policy-digest"],
      bindingDigest: stopped?.call.bindingDigest ?? flags["delegation-binding-digest"],
      approver: flags.approver,
      reasonCode: flags["reason-code"],
      scope: flags["single-use"] ? [...scope, SINGLE_USE] : scope,
      maxTargets: flags["max-targets"] || (stopped?.fillsIn ? stopped.call.targets : 0),
      maxOps: flags["max-ops"] || (stopped?.fillsIn ? stopped.call.ops : 0),
      ttl,
      now: effects.now(),
      producerVersion: version,
    }, key);
    const path = trim(flags.out) || `approval_${token.tokenId}.json`;
    await keepInputs(effects.files, path, read);
    await stopped?.confirm([
      ["scope", token.scope.join(", ")],
      ["approver", `${token.approver} (${token.reasonCode})`],
      ["holds until", cutToSeconds(token.expiresAt)],
    ]);
    await writeToken(effects.files, path, file);
    const reported = [...warnings, ...ttlWarnings(ttl)];
    const expires = cutToSeconds(token.expiresAt);
    return success(
      {
        token_id: token.tokenId,
        token_path: path,
        expires_at: expires,
        reason_code: token.reasonCode,
        scope: [...token.scope],
        ...compact({ max_targets: token.maxTargets, max_ops: token.maxOps, warnings: reported }),
        key_id: token.signature.key_id,
        ...(stopped?.json ?? {}),
        description: `${token.approver} approves intent ${token.intentDigest} until ${expires}`,
      },
      [
        ...(stopped?.lines ?? []),
        line(good("approved"), `: ${path}`),
        ...columns([
          ["approver", token.approver],
          ["reason", token.reasonCode],
          ["scope", token.scope.join(", ")],
          ["expires", expires],
          ["key", token.signature.key_id],
        ]),
        ...reported.map((warning) => line(warn("warning"), `: ${warning}`)),
        ...nextLines([
          `gait gate eval --policy ${fileOr(flags.policy, "<policy.yaml>")} ` +
          `--intent ${fileOr(flags.intent, "<intent.json>")} --approval-token ${pathArgument(path)} ` +
          (Number(stopped?.call.evaluation?.minApprovals) > 1
            ? "--approval-token-chain <others.json> "
            : "") +
          "--approval-public-key <public.key>",
        ]),
      ],
    );
  },
});

function fileOr(path: string, placeholder: string): string {
  return trim(path) === "" ? placeholder : pathArgument(path);
}

/** The call that a trace tells of, or that was brought itself, how to ask for it, and what to say of it. */
async function stoppedCall(
  flags: FlagValues<typeof stoppedFlags> & Readonly<Record<typeof FILLED[number], string>>,
  effects: Effects,
) {
  const [trace, intent, policy] = [trim(flags["from-trace"]), trim(flags.intent), trim(flags.policy)];
  if (trace === "" && intent === "") {
    if (policy === "") return undefined;
    throw invalidInput("Cannot use --policy alone: it is shown with a call", { hint: "Give --intent too" });
  }
  const twice = trace === "" ? undefined : FILLED.find((name) => flags[name] !== "");
  if (twice !== undefined) {
    throw invalidInput(`Cannot use --${twice} together with --from-trace: the trace says it`);
  }
  const { confirm, loadStoppedCall, stoppedCallJson, stoppedCallLines } = await import(
    "./approve_preview.ts"
  );
  const call = await loadStoppedCall(
    { trace, intent, policy },
    { publicKey: flags["trace-public-key"], publicKeyEnv: flags["trace-public-key-env"] },
    effects,
  );
  if (trace === "") checkAsked(flags, call);
  // Whoever names the call by its digest has looked at it already; the token says what the flags say.
  const fillsIn = trace !== "" || flags["intent-digest"] === "";
  if (fillsIn && trace === "") checkStopped(call);
  const lines = stoppedCallLines(call);
  const asks = fillsIn && !flags.yes;
  return {
    call,
    fillsIn,
    lines: asks ? [] : lines,
    json: stoppedCallJson(call),
    confirm: (rows: readonly (readonly [string, string])[]) =>
      confirm([...lines, ...columns(rows)], !asks, effects),
  };
}

/** INVARIANT: what is shown is what is signed. */
function checkAsked(flags: Readonly<Record<typeof FILLED[number], string>>, call: StoppedCall): void {
  for (
    const [flag, file, digest] of [
      ["intent-digest", "--intent", call.intentDigest],
      ["policy-digest", "--policy", call.policyDigest],
      ["delegation-binding-digest", "--intent", call.bindingDigest],
    ] as const
  ) {
    const asked = trimLower(flags[flag]);
    if (asked === "" || asked === digest || (flag === "policy-digest" && digest === "")) continue;
    throw invalidInput(`Cannot approve: --${flag} is not the digest of what ${file} holds`, {
      hint: flag === "intent-digest"
        ? "With a context envelope or an inventory the gate digests more than the file: leave --intent out"
        : `It is ${digest === "" ? "bound to no delegation" : digest}`,
    });
  }
}

/** Only what waits for an approval can be approved; without a policy nobody can tell. */
function checkStopped({ verdict, policyDigest }: StoppedCall): void {
  if (policyDigest === "" || verdict === "require_approval") return;
  throw invalidInput(`Cannot approve: by the policy the verdict of this call is "${verdict}"`, {
    hint: "Only a verdict of require_approval can be lifted; a block can't",
  });
}
