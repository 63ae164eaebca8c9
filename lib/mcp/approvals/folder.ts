import type { Files } from "../../effects/types.ts";
import { GaitError } from "../../errors/mod.ts";
import { readJsonObject } from "../../formats/json/mod.ts";
import { equalDigests } from "../../signing/mod.ts";
import type { ApprovalToken } from "../../tokens/approval_token.ts";
import type { GivenToken } from "../../tokens/given_token.ts";
import { SINGLE_USE } from "../../tokens/trust.ts";

/** Where people put approval tokens for calls that a gateway stopped. */
export const APPROVALS_FOLDER = ".gait/approvals";

/** Files that are looked at, and their size; whatever is beyond is reported. All are held in memory. */
const MAX_FILES = 10_000;
const MAX_TOKEN_BYTES = 16 << 10;

/** A token that was put down. */
export interface FoundToken extends GivenToken {
  /** Another one when its file was written again. */
  readonly version?: string;
}

/** The tokens that were put down for a call. */
export interface FoundApprovals {
  /** For the gate, which verifies them: here they were only matched. */
  readonly tokens: readonly FoundToken[];
  /** Files that were left out, with why. */
  readonly warnings: readonly string[];
}

interface Held {
  readonly version: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Absent when the file is no token. */
  readonly token?: ApprovalToken;
  readonly problem?: string;
}

/**
 * The folder of approval tokens (docs/spec/mcp_protection.md 3). It only finds tokens; the gate verifies them, and the
 * ledger of used tokens makes sure that one counts once, however many processes find it (`singleUse` of its trust).
 */
export class ApprovalsFolder {
  readonly #files: Files;
  readonly #folder: string;
  /** By name; what did not change is not read again, because a waiting call looks often. */
  #held = new Map<string, Held>();

  constructor(files: Files, folder: string = APPROVALS_FOLDER) {
    this.#files = files;
    this.#folder = folder;
  }

  /**
   * The tokens for a call. A file that is no token is left out, which allows nothing.
   *
   * @param call with `onlySingleUse` only the tokens that are marked as single-use are taken
   * @throws {GaitError} when the folder can't be read
   */
  async find(
    call: { readonly intentDigest: string; readonly policyDigest: string; readonly onlySingleUse?: boolean },
  ): Promise<FoundApprovals> {
    const warnings: string[] = [];
    const names = (await this.#files.list(this.#folder)).filter((name) => name.endsWith(".json"));
    if (names.length > MAX_FILES) {
      warnings.push(`only ${MAX_FILES} of ${names.length} files in "${this.#folder}" were looked at`);
      names.length = MAX_FILES;
    }
    const held = new Map<string, Held>();
    const tokens: FoundToken[] = [];
    for (const name of names) {
      const file = await this.#read(name);
      if (!file) continue;
      held.set(name, file);
      const { token, problem, bytes, version } = file;
      if (problem !== undefined) warnings.push(problem);
      if (!token) continue;
      const fits = equalDigests(token.intentDigest, call.intentDigest) &&
        equalDigests(token.policyDigest, call.policyDigest) &&
        (!call.onlySingleUse || token.scope.includes(SINGLE_USE));
      // The bytes that were matched are the bytes that the gate verifies.
      if (fits) tokens.push({ name: this.#path(name), read: () => Promise.resolve(bytes), version });
    }
    this.#held = held;
    return { tokens, warnings };
  }

  /**
   * Clear away the tokens that were used. The ledger already keeps them from counting again, so a failure here loses
   * nothing.
   *
   * @param ids ids of the tokens, as `approval_ref` of the decision has them
   */
  async clear(ids: readonly string[]): Promise<void> {
    for (const [name, { token }] of [...this.#held]) {
      if (!token || !ids.includes(token.tokenId)) continue;
      this.#held.delete(name);
      await this.#files.remove(this.#path(name)).catch((error) => {
        // Another process cleared it away.
        if (!(error instanceof GaitError && error.code === "invalid_input")) throw error;
      });
    }
  }

  /** A file as it is; `undefined` when it is gone. */
  async #read(name: string): Promise<Held | undefined> {
    const path = this.#path(name);
    const info = await this.#files.stat(path);
    if (!info) return undefined;
    const known = this.#held.get(name);
    if (known?.version === info.version) return known;
    const unused = (problem: string): Held => ({
      version: info.version,
      bytes: new Uint8Array(),
      problem: `"${path}" is left out: ${problem}`,
    });
    // A link could lead to a token elsewhere, which its owner did not put down here.
    if (info.kind !== "file") return unused("it is no regular file");
    try {
      const bytes = await this.#files.read(path, MAX_TOKEN_BYTES);
      const what = `token "${path}"`;
      // Most calls of a hook find no token.
      const { parseApprovalToken } = await import("../../tokens/approval_token.ts");
      const token = parseApprovalToken(readJsonObject(bytes, { what, signed: true }), what);
      return { version: info.version, bytes, token };
    } catch (error) {
      // Half written, perhaps: the next look reads it again.
      if (error instanceof GaitError) return { ...unused(error.message), version: "" };
      throw error;
    }
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`;
  }
}
