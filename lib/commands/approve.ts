import type { Effects } from "../effects/mod.ts";
import { invalidInput, missingOption } from "../errors/mod.ts";
import { cutToSeconds } from "../formats/time.ts";
import { mintApproval, ttlWarnings } from "../tokens/mint.ts";
import { checkTokenPath, writeToken } from "../tokens/write_token.ts";
import { APPROVAL_TOKEN_SCHEMA_ID } from "../schema/tokens.ts";
import { checkDigests, checkStopped } from "../gate/stopped_call.ts";
import { JOB_ROOT } from "../job/folder.ts";
import { loadSigningKey } from "../signing/mod.ts";
import {
  bool,
  defineCommand,
  demand,
  type FlagValues,
  integer,
  path,
  required,
  text,
  trimmed,
} from "./define.ts";
import { keepInputs, noteReads } from "./inputs.ts";
import { keySource, keySources } from "./key_flags.ts";
import { mintFlags } from "./mint_flags.ts";
import { mintedLines } from "./minted.ts";
import { compact, success } from "./outcome.ts";
import { cleanPath, folderOf } from "../formats/path.ts";
import { pathArgument } from "../formats/shell.ts";
import { APPROVALS_FOLDER } from "../mcp/approvals/folder.ts";
import { columns, nextLines } from "./text.ts";

/** Flags that describe a stopped call. */
const stoppedFlags = {
  "from-trace": path(
    "file",
    "trace of the stopped call: fills in digests and scope, and asks before signing",
  ),
  intent: path("file", "intent of the call: shown in full, and checked against the digests"),
  policy: path("file", "with --intent: the policy, to show the rule that stopped the call"),
  "trace-public-key": keySource("file", "with --from-trace: the key that signed the trace"),
  "trace-public-key-env": keySource("variable", "environment variable with that key"),
  job: demand(
    text("id", "job that waits for a decision: fills in digests and scope, and asks before signing"),
  ),
  "job-root": path("folder", "with --job: folder of the jobs", { default: JOB_ROOT }),
  checkpoint: demand(text("id", "with --job: the decision; the oldest open one by default")),
  yes: bool("sign without asking, for scripts, where the trace, the intent or the job fills something in"),
};

/** Flags whose values a trace fills in. */
const FILLED_FLAGS = ["intent-digest", "policy-digest", "delegation-binding-digest"] as const;

/** `gait approve` (docs/spec/tokens.md 2.1). */
export default defineCommand({
  explain:
    "Signs an approval token: a person's permission for one stopped call, under one policy and for a limited time.",
  flags: {
    "intent-digest": text("digest", "digest of the call, as gate eval prints it"),
    "policy-digest": text("digest", "digest of the policy, as gate eval prints it"),
    "delegation-binding-digest": text(
      "digest",
      "digest of the delegation of the call, as gate eval prints it",
    ),
    approver: required(text("identity", "who approves")),
    "reason-code": required(text("code", "why, e.g. the number of a change")),
    "max-targets": integer("n", "largest number of targets; 0 for no limit", { default: 0 }),
    "max-ops": integer("n", "largest number of operations; 0 for no limit", { default: 0 }),
    "single-use": bool("the token can be used once"),
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
    "gait approve --job nightly-etl --ttl 30m --approver dana --reason-code CHG-7 --key-mode prod " +
    "--private-key dana_private.key",
  ],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const stopped = await stoppedCall(flags, effects);
    const decision = await decisionOf(flags, effects);
    const filled = decision ?? (stopped?.fillsIn ? stopped.call : undefined);
    const bounds = stopped?.fillsIn ? stopped.call : undefined;
    const { key, warnings, freshKey } = await loadSigningKey(keySources(flags), effects);
    const { token, file } = await mintApproval(
      {
        intentDigest: decision?.intentDigest ?? stopped?.call.intentDigest ?? flags["intent-digest"] ??
          missing("intentDigest"),
        policyDigest: decision?.policyDigest ?? stopped?.call.policyDigest ?? flags["policy-digest"] ??
          missing("policyDigest"),
        delegationBindingDigest: stopped?.call.bindingDigest ?? flags["delegation-binding-digest"],
        approver: flags.approver,
        reasonCode: flags["reason-code"],
        scope: [...filled?.scope ?? [], ...flags.scope],
        maxTargets: flags["max-targets"] || (bounds?.targets ?? 0),
        maxOps: flags["max-ops"] || (bounds?.ops ?? 0),
        ttl: flags.ttl,
        singleUse: flags["single-use"],
      },
      key,
      { now: effects.now(), producerVersion: version },
    );
    const path = trimmed(flags.out) ?? `approval_${token.tokenId}.json`;
    await keepInputs(effects.files, path, read);
    await checkTokenPath(effects.files, path, APPROVAL);
    await (decision ?? stopped)?.confirm([
      ["scope", token.scope.join(", ")],
      ["approver", `${token.approver} (${token.reasonCode})`],
      ["expires", cutToSeconds(token.expiresAt)],
    ]);
    await writeToken(effects.files, path, file, APPROVAL);
    const reported = [...warnings, ...ttlWarnings(flags.ttl)];
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
        ...compact({ public_key: freshKey }),
        ...((decision ?? stopped)?.json ?? {}),
        description: `${token.approver} approves intent ${token.intentDigest} until ${expires}`,
      },
      [
        ...((decision ?? stopped)?.lines ?? []),
        ...mintedLines(
          "approved",
          path,
          [["approver", token.approver], ["reason", token.reasonCode]],
          token,
          reported,
        ),
        ...nextLines(
          decision ? [decision.next(path)] : isPickedUp(path) ? [PICKED_UP] : [
            `gait gate eval --policy ${fileOr(flags.policy, "<policy.yaml>")} ` +
            `--intent ${fileOr(flags.intent, "<intent.json>")} --approval-token ${pathArgument(path)} ` +
            // Several people have a key each.
            (Number(stopped?.call.evaluation?.minApprovals) > 1
              ? "--approval-token-chain <others.json> --approver-keys <folder>"
              : "--approval-public-key <public.key>"),
          ],
        ),
      ],
    );
  },
});

const APPROVAL = { kind: APPROVAL_TOKEN_SCHEMA_ID };

/** What comes next after a token that nobody has to give to a command. */
const PICKED_UP =
  "make the call again: the gateway or the hook finds the token there, if it has the key (--approval-public-key <public.key>)";

/** Whether a token lies where the gateway and the hooks look for it. */
function isPickedUp(path: string): boolean {
  return `/${cleanPath(folderOf(path))}`.endsWith(`/${APPROVALS_FOLDER}`);
}

function fileOr(path: string | undefined, placeholder: string): string {
  return path === undefined ? placeholder : pathArgument(path);
}

function missing(field: string): never {
  throw missingOption(field, () => "gait gate eval prints it; or give --from-trace");
}

/** The decision of a job that flags name. */
async function decisionOf(flags: FlagValues<typeof stoppedFlags> & GivenDigests, effects: Effects) {
  const { job, "job-root": root, checkpoint, yes } = flags;
  if (job === undefined) {
    if (checkpoint === undefined) return undefined;
    throw invalidInput("Cannot use --checkpoint without --job");
  }
  const other = [...FILLED_FLAGS, "from-trace", "intent"] as const;
  const twice = other.find((name) => trimmed(flags[name]) !== undefined);
  if (twice !== undefined) {
    throw invalidInput(`Cannot use --${twice} together with --job: a token is for a call or for a decision`);
  }
  const { decisionToApprove } = await import("./approve_decision.ts");
  return await decisionToApprove({ job, root, checkpoint, yes }, effects);
}

/** The digests that flags give. */
type GivenDigests = Readonly<Record<typeof FILLED_FLAGS[number], string | undefined>>;

/** The stopped call of a trace or an intent, with its report and the confirmation before signing. */
async function stoppedCall(
  flags: FlagValues<typeof stoppedFlags> & GivenDigests,
  effects: Effects,
) {
  const [trace, intent, policy] = [flags["from-trace"], flags.intent, flags.policy].map(trimmed);
  if (trace === undefined && intent === undefined) {
    if (policy === undefined) return undefined;
    throw invalidInput("Cannot use --policy without a call", { hint: "Give --intent too" });
  }
  const twice = trace === undefined ? undefined : FILLED_FLAGS.find((name) => flags[name] !== undefined);
  if (twice !== undefined) {
    throw invalidInput(`Cannot use --${twice} together with --from-trace: the trace fills it in`);
  }
  const { confirm, loadStoppedCall, stoppedCallJson, stoppedCallLines } = await import(
    "./approve_preview.ts"
  );
  const call = await loadStoppedCall(
    { trace, intent, policy },
    { publicKey: flags["trace-public-key"], publicKeyEnv: flags["trace-public-key-env"] },
    effects,
  );
  if (trace === undefined) {
    checkDigests(call, {
      intentDigest: flags["intent-digest"],
      policyDigest: flags["policy-digest"],
      delegationBindingDigest: flags["delegation-binding-digest"],
    });
  }
  // A user who gives the digest has looked at the call already; the token has the values of the flags.
  const fillsIn = trace !== undefined || flags["intent-digest"] === undefined;
  if (fillsIn && trace === undefined) checkStopped(call);
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
