import type { Files } from "../../effects/types.ts";
import { unsafeOperation } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { prettyJson } from "../../formats/json/mod.ts";
import { outputPath } from "../../formats/path.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { sha256 } from "../../signing/mod.ts";
import type { ApprovalToken } from "./approval_token.ts";

/*
 * The ledger of used tokens: a folder with one file per token, named by the digest of its id and created
 * exclusively. So a use costs the same however many there were, two processes can't both make it, and whoever
 * looks can read it. An entry may be removed once its token has run out.
 */

/** The tokens that were used before. Nothing is changed. */
export async function findUsed(
  files: Files,
  ledger: string,
  tokens: readonly ApprovalToken[],
): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const { tokenId } of tokens) {
    if (await files.stat((await place(ledger, tokenId)).path) !== undefined) used.add(tokenId);
  }
  return used;
}

/**
 * Use up tokens, all or none. It is on disk when this returns: a crash afterwards costs the use, never gives a
 * second one.
 *
 * @returns the ids that somebody else has used; empty when all are used up now
 * @throws {GaitError} `io_failure`, `invalid_input`, `state_contention`, `unsafe_operation`: then nothing may be
 * allowed
 */
export async function spend(
  files: Files,
  ledger: string,
  tokens: readonly ApprovalToken[],
  now: Rfc3339,
): Promise<ReadonlySet<string>> {
  const folder = outputPath(ledger);
  await refuseLink(files, folder);
  await files.makeFolder(folder);
  return await files.withLock(`${folder}/ledger`, {}, async () => {
    const used = await findUsed(files, folder, tokens);
    if (used.size > 0) return used;
    for (const token of tokens) {
      const entry = await place(folder, token.tokenId);
      await refuseLink(files, entry.folder);
      await files.makeFolder(entry.folder);
      // Exclusive: even somebody who doesn't hold the lock can't use the same token.
      await files.writeAtomic(entry.path, encodeUse(token, now), { onlyNew: true });
    }
    return used;
  });
}

/** A link would lead to another ledger, in which nothing was used yet. */
async function refuseLink(files: Files, path: string): Promise<void> {
  if ((await files.stat(path))?.kind === "symlink") {
    throw unsafeOperation(`Cannot use ledger of approvals: "${path}" is a symbolic link`);
  }
}

/** 4096 folders keep each of them small at a million entries. */
async function place(ledger: string, tokenId: string): Promise<{ folder: string; path: string }> {
  const name = await sha256(utf8(tokenId));
  const folder = `${ledger}/${name.slice(0, 3)}`;
  return { folder, path: `${folder}/${name}.json` };
}

function encodeUse(token: ApprovalToken, now: Rfc3339): Uint8Array<ArrayBuffer> {
  return prettyJson({
    schema_id: "gait.gate.approval_use",
    schema_version: "1.0.0",
    used_at: now,
    token_id: token.tokenId,
    approver_identity: token.approver,
    intent_digest: token.intentDigest,
    policy_digest: token.policyDigest,
    expires_at: token.expiresAt,
  });
}
