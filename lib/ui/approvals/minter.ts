import { GaitError, invalidInput, unsafeOperation } from "../../errors/mod.ts";
import type { Files } from "../../effects/types.ts";
import { hex } from "../../formats/bytes.ts";
import { escapeControls } from "../../formats/controls.ts";
import { joinPath } from "../../formats/path.ts";
import { compareInstants, cutToSeconds, type Rfc3339, timeOfMillis } from "../../formats/time.ts";
import type { StoppedCall } from "../../gate/stopped_call.ts";
import { bearerCheck, type CheckBearer } from "../../serve/bearer.ts";
import type { PrivateKey } from "../../signing/mod.ts";
import { mintApproval, type MintApprovalOptions } from "../../tokens/mint.ts";
import { writeToken } from "../../tokens/write_token.ts";
import { APPROVAL_TOKEN_SCHEMA_ID } from "../../schema/tokens.ts";

/** Who approves, with which key, and where the code is shown. From the command line; never from the page. */
export interface Approver {
  readonly identity: string;
  readonly key: PrivateKey;
  /** Where the tokens go; the gateway looks for them in `.gait/approvals`. */
  readonly folder: string;
  /** Shows a text on the controlling terminal, and nowhere else. */
  readonly show: (text: string) => void;
}

/** What the page may choose about a token. */
export interface ApprovalRequest {
  readonly reasonCode: string;
  readonly ttl: string;
  readonly singleUse: boolean;
}

/** A token that waits for its code. */
export interface PendingApproval {
  readonly requestId: string;
  /** What will be signed, for the page; the terminal shows the same. */
  readonly signs: Readonly<Record<string, string>>;
}

/** Mints approvals that a person confirms with a code from the terminal. */
export interface Minter {
  readonly identity: string;
  readonly keyId: string;
  start(call: StoppedCall, request: ApprovalRequest): Promise<PendingApproval>;
  /** Mint, if the code is right. */
  confirm(requestId: string, code: string): Promise<{ readonly path: string; readonly tokenId: string }>;
}

/** Effects for minting. */
export interface MinterEffects {
  readonly files: Files;
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
}

/** How long a code counts, in milliseconds. */
const CODE_LIFETIME = 120_000;

/** The detail of an error after which no code helps, and another request has to be made. */
const REQUEST_VOID = "approval_request_void";

/** How often a wrong code may be given before the request is void, and before minting stops for good. */
const MAX_TRIES = 3;
const MAX_FAILURES = 12;

interface Pending {
  readonly id: string;
  readonly options: MintApprovalOptions;
  /** When it was shown: what is signed begins then, and ends when it was shown to end. */
  readonly shownAt: number;
  readonly expiresAt: Rfc3339;
  readonly checkCode: CheckBearer;
  readonly expires: number;
  tries: number;
}

/**
 * Make a minter. Whoever holds the token of the page can ask for an approval, but not give it: the code that signs it
 * stands only on the terminal, beside what it signs. One request waits at a time, and a code is good for that one alone.
 */
export function makeMinter(approver: Approver, effects: MinterEffects, version: string): Minter {
  let pending: Pending | undefined;
  let failures = 0;
  const demandOpen = () => {
    if (failures < MAX_FAILURES) return;
    throw unsafeOperation("Approvals are off: too many wrong codes were given", {
      hint: "Find out who gave them, then start the page again",
    });
  };
  return {
    identity: approver.identity,
    keyId: approver.key.public.id,
    async start(call, { reasonCode, ttl, singleUse }) {
      demandOpen();
      if (call.policyDigest === undefined) {
        throw invalidInput("Cannot approve: the policy of the call is unknown");
      }
      const options: MintApprovalOptions = {
        intentDigest: call.intentDigest,
        policyDigest: call.policyDigest,
        delegationBindingDigest: call.bindingDigest,
        approver: approver.identity,
        reasonCode,
        scope: [...call.scope],
        maxTargets: call.targets,
        maxOps: call.ops,
        ttl,
        singleUse,
      };
      // Minted once to check the options and to show what will be signed; signed again when the code arrives.
      const shownAt = effects.now();
      const { token } = await mintApproval(options, approver.key, { now: shownAt, producerVersion: version });
      const id = hex(effects.random(8));
      const code = codeFrom(effects.random(8));
      const signs = {
        tool: call.toolName,
        approver: token.approver,
        reason: token.reasonCode,
        scope: token.scope.join(", "),
        expires: cutToSeconds(token.expiresAt),
        intent: token.intentDigest,
        policy: token.policyDigest,
      };
      pending = {
        id,
        options,
        shownAt,
        expiresAt: token.expiresAt,
        checkCode: await bearerCheck(code),
        expires: shownAt + CODE_LIFETIME,
        tries: 0,
      };
      const rows = Object.entries(signs).map(([name, value]) =>
        `  ${name.padEnd(9)} ${escapeControls(value)}\n`
      );
      approver.show(
        `\nThe page asks to sign an approval:\n${rows.join("")}  code      ${code}\n` +
          "Give the code to the page only if you asked for this.\n",
      );
      return { requestId: id, signs };
    },
    async confirm(requestId, code) {
      demandOpen();
      const held = pending;
      // Tries count before a code is compared, so that codes which arrive at once are not compared beyond the limit.
      const now = effects.now();
      const isVoid = held === undefined || now >= held.expires || held.tries >= MAX_TRIES ||
        compareInstants(timeOfMillis(now), held.expiresAt) >= 0;
      if (isVoid || held.id !== requestId) {
        if (held?.id === requestId) pending = undefined;
        throw invalidInput("This request is void: it is too old, or another one took its place", {
          hint: "Ask for a new code",
          detail: REQUEST_VOID,
        });
      }
      held.tries++;
      if (!await held.checkCode(`Bearer ${code.replace(/[\s-]/g, "")}`)) {
        failures++;
        if (held.tries >= MAX_TRIES) pending = undefined;
        throw new GaitError("approval_required", "The code is wrong: nothing was signed", {
          hint: held.tries >= MAX_TRIES
            ? "Ask for a new code"
            : "Read the code on the terminal where gait ui runs",
          ...(held.tries >= MAX_TRIES ? { detail: REQUEST_VOID } : {}),
        });
      }
      if (pending !== held) throw invalidInput("This request was used already", { detail: REQUEST_VOID });
      pending = undefined;
      const { token, file } = await mintApproval(held.options, approver.key, {
        now: held.shownAt,
        producerVersion: version,
      });
      const path = joinPath(approver.folder, `approval_${token.tokenId}.json`);
      await writeToken(effects.files, path, file, { kind: APPROVAL_TOKEN_SCHEMA_ID });
      return { path, tokenId: token.tokenId };
    },
  };
}

/** Eight digits; the bias of the remainder is below 10⁻¹¹. */
function codeFrom(bytes: Uint8Array): string {
  let number = 0n;
  for (const byte of bytes) number = number << 8n | BigInt(byte);
  return String(number % 100_000_000n).padStart(8, "0");
}
