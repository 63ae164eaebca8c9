import type { Files } from "../effects/types.ts";
import { unsafeOperation } from "../errors/mod.ts";
import { type JsonObject, prettyJson } from "../formats/json/mod.ts";
import { cleanPath, outputFolder } from "../formats/path.ts";
import type { Rfc3339 } from "../formats/time.ts";
import { utf8 } from "../formats/bytes.ts";
import { sha256 } from "../signing/mod.ts";
import type { ApprovalToken } from "./approval_token.ts";

/*
 * The ledger of used tokens, approvals and say-tokens alike: a folder with one file per token, named by a digest and
 * created exclusively. So the cost of a use does not grow with the ledger, two processes can't both record it, and
 * every entry is readable. An entry may be removed once its token has expired.
 */

/** One use of a token. */
export interface TokenUse {
  /** The caller's id of the token. */
  readonly id: string;
  /** 64 hex digits, the same for every copy and spelling of the token. */
  readonly name: string;
  readonly schemaId: string;
  /** Members of the entry that describe the token. */
  readonly members: JsonObject;
}

/**
 * The ids of tokens that were used before. Changes nothing.
 *
 * @throws {GaitError} `unsafe_operation` when a link leads to the ledger
 */
export async function findUsed(
  files: Files,
  ledger: string,
  uses: readonly TokenUse[],
): Promise<ReadonlySet<string>> {
  await refuseLinks(files, ledger);
  const used = new Set<string>();
  for (const { id, name } of uses) {
    const { folder, path } = place(ledger, name);
    await refuseLink(files, folder);
    // Any kind of file, even a link, means that the token was used.
    if (await files.stat(path) !== undefined) used.add(id);
  }
  return used;
}

/**
 * Mark tokens as used, all or none. The entries are durable when this returns, so that a crash can lose a use but
 * never permit a second one.
 *
 * @returns the ids that were used before; empty when all of them are marked as used
 * @throws {GaitError} `io_failure`, `invalid_input`, `state_contention`, `unsafe_operation`: the caller must not
 * allow anything then
 */
export async function spend(
  files: Files,
  ledger: string,
  uses: readonly TokenUse[],
  now: Rfc3339,
): Promise<ReadonlySet<string>> {
  const folder = outputFolder(ledger);
  await refuseLinks(files, folder);
  await files.makeFolder(folder);
  return await files.withLock(`${folder}/ledger`, {}, async () => {
    const used = await findUsed(files, folder, uses);
    if (used.size > 0) return used;
    for (const use of uses) {
      const entry = place(folder, use.name);
      await files.makeFolder(entry.folder);
      // Exclusive: a process that doesn't hold the lock can't use the same token either.
      await files.writeAtomic(entry.path, encodeUse(use, now), { onlyNew: true });
    }
    return used;
  });
}

/**
 * A link in the path could lead to another, empty ledger, so that a token could be used again. Entries directly below
 * the root belong to the system (some link `/tmp`); an attacker can't place a link there.
 */
async function refuseLinks(files: Files, path: string): Promise<void> {
  const parts = cleanPath(path).split("/");
  const first = parts[0] === "" ? 3 : 1;
  for (let length = first; length <= parts.length; length++) {
    await refuseLink(files, parts.slice(0, length).join("/"));
  }
}

async function refuseLink(files: Files, path: string): Promise<void> {
  if ((await files.stat(path))?.kind === "symlink") {
    throw unsafeOperation(`Cannot use ledger of tokens: "${path}" is a symbolic link`, {
      hint: "Give the folder itself: a link may lead to a ledger without the earlier uses",
    });
  }
}

/** 4096 folders keep each of them small at a million entries. */
function place(ledger: string, name: string): { folder: string; path: string } {
  const folder = `${ledger}/${name.slice(0, 3)}`;
  return { folder, path: `${folder}/${name}.json` };
}

function encodeUse({ schemaId, members }: TokenUse, now: Rfc3339): Uint8Array<ArrayBuffer> {
  return prettyJson({ schema_id: schemaId, schema_version: "1.0.0", used_at: now, ...members });
}

/** The uses of approvals, as the ledger keeps them: named by the digest of the token's id. */
export async function approvalUses(tokens: readonly ApprovalToken[]): Promise<TokenUse[]> {
  return await Promise.all(tokens.map(async (token) => ({
    id: token.tokenId,
    name: await sha256(utf8(token.tokenId)),
    schemaId: "gait.gate.approval_use",
    members: {
      token_id: token.tokenId,
      approver_identity: token.approver,
      intent_digest: token.intentDigest,
      policy_digest: token.policyDigest,
      expires_at: token.expiresAt,
    },
  })));
}
