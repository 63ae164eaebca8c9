import type { World } from "../effects/mod.ts";
import { invalidInput } from "../errors/mod.ts";
import { cutToSeconds } from "../formats/time.ts";
import { mintApproval } from "../gate/authority/mint.ts";
import { SINGLE_USE } from "../gate/authority/required_scope.ts";
import { writeToken } from "../gate/authority/write_token.ts";
import { commaList, trim } from "../gate/text.ts";
import { loadSigningKey } from "../signing/mod.ts";
import { bool, defineCommand, type FlagValues, text } from "./define.ts";
import { keepInputs, noteReads } from "./inputs.ts";
import { keySources } from "./key_flags.ts";
import { mintFlags, scopeOf, ttlOf, ttlWarnings } from "./mint_flags.ts";
import { wholeNumber } from "./numbers.ts";
import { compact, success } from "./outcome.ts";
import { pathArgument } from "../formats/shell.ts";
import { columns, good, line, nextLines, warn } from "./text.ts";

/** Flags that tell of a stopped call. */
const stoppedFlags = {
  "from-trace": text(
    "file",
    "trace of the stopped call: fills in digests and scope, and asks before it signs",
  ),
  intent: text("file", "with --from-trace: the call itself, to show its targets and to know the whole scope"),
  policy: text("file", "with --from-trace and --intent: the policy, to show the rule that stopped the call"),
  "trace-public-key": text("file", "with --from-trace: the key that signed the trace"),
  "trace-public-key-env": text("variable", "environment variable that holds it"),
  yes: bool("with --from-trace: sign without asking, for scripts"),
};

/** Flags whose values a trace gives. */
const FILLED = ["intent-digest", "policy-digest", "delegation-binding-digest"] as const;

/** `gait approve` (spec/tokens.md 2.1). */
export default defineCommand({
  explain: "Signs that a person lets one stopped call pass, under one policy and for a time.",
  flags: {
    "intent-digest": text("digest", "the call, as gate eval prints it"),
    "policy-digest": text("digest", "the policy, as gate eval prints it"),
    "delegation-binding-digest": text(
      "digest",
      "the delegation that the call acts under, as gate eval prints it",
    ),
    approver: text("identity", "who approves"),
    "reason-code": text("code", "why, e.g. the number of a change"),
    "max-targets": text("n", "at most so many targets; 0 for no bound", { default: "0" }),
    "max-ops": text("n", "at most so many operations; 0 for no bound", { default: "0" }),
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
  async run({ flags, world: given, version }) {
    const { world, read } = noteReads(given);
    const maxTargets = wholeNumber(flags["max-targets"], "--max-targets");
    const maxOps = wholeNumber(flags["max-ops"], "--max-ops");
    const ttl = ttlOf(flags.ttl);
    const stopped = trim(flags["from-trace"]) === "" ? undefined : await stoppedCall(flags, world);
    const scope = stopped ? [...stopped.call.scope, ...commaList(flags.scope)] : scopeOf(flags.scope);
    const { key, warnings } = await loadSigningKey(keySources(flags), world);
    const { token, file } = await mintApproval({
      intentDigest: stopped?.call.intentDigest ?? flags["intent-digest"],
      policyDigest: stopped?.call.policyDigest ?? flags["policy-digest"],
      bindingDigest: stopped?.call.bindingDigest ?? flags["delegation-binding-digest"],
      approver: flags.approver,
      reasonCode: flags["reason-code"],
      scope: flags["single-use"] ? [...scope, SINGLE_USE] : scope,
      maxTargets: maxTargets || (stopped?.call.targets ?? 0),
      maxOps: maxOps || (stopped?.call.ops ?? 0),
      ttl,
      now: world.now(),
      producerVersion: version,
    }, key);
    const path = trim(flags.out) || `approval_${token.tokenId}.json`;
    await keepInputs(world.files, path, read);
    await stopped?.confirm([
      ["scope", token.scope.join(", ")],
      ["approver", `${token.approver} (${token.reasonCode})`],
      ["holds until", cutToSeconds(token.expiresAt)],
    ]);
    await writeToken(world.files, path, file);
    const told = [...warnings, ...ttlWarnings(ttl)];
    const expires = cutToSeconds(token.expiresAt);
    return success(
      {
        token_id: token.tokenId,
        token_path: path,
        expires_at: expires,
        reason_code: token.reasonCode,
        scope: [...token.scope],
        ...compact({ max_targets: token.maxTargets, max_ops: token.maxOps, warnings: told }),
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
        ...told.map((warning) => line(warn("warning"), `: ${warning}`)),
        ...nextLines([
          `gait gate eval --policy ${fileOr(flags.policy, "<policy.yaml>")} ` +
          `--intent ${fileOr(flags.intent, "<intent.json>")} --approval-token ${pathArgument(path)} ` +
          "--approval-public-key <public.key>",
        ]),
      ],
    );
  },
});

function fileOr(path: string, placeholder: string): string {
  return trim(path) === "" ? placeholder : pathArgument(path);
}

/** The call that a trace tells of, how to ask for it, and what to say of it. */
async function stoppedCall(
  flags: FlagValues<typeof stoppedFlags> & Readonly<Record<typeof FILLED[number], string>>,
  world: World,
) {
  const twice = FILLED.find((name) => flags[name] !== "");
  if (twice !== undefined) {
    throw invalidInput(`Cannot use --${twice} together with --from-trace: the trace says it`);
  }
  const { confirm, loadStoppedCall, stoppedCallLines } = await import("./approve_preview.ts");
  const call = await loadStoppedCall(
    { trace: trim(flags["from-trace"]), intent: trim(flags.intent), policy: trim(flags.policy) },
    {
      publicKey: flags["trace-public-key"],
      publicKeyEnv: flags["trace-public-key-env"],
      privateKey: "",
      privateKeyEnv: "",
    },
    world,
  );
  const lines = stoppedCallLines(call);
  return {
    call,
    lines: flags.yes ? lines : [],
    json: {
      tool_name: call.toolName,
      trace_id: call.traceId,
      trace_signature: call.verifiedBy === "" ? "unverified" : "verified",
    },
    confirm: (rows: readonly (readonly [string, string])[]) =>
      confirm([...lines, ...columns(rows)], flags.yes, world),
  };
}
