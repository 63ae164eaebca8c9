import type { Files } from "../effects/types.ts";
import { invalidInput, unsafeOperation } from "../errors/mod.ts";
import { parsePublicKey, type PublicKey, readKeyFile } from "../signing/mod.ts";
import { trim } from "../formats/text.ts";

/** The key of every approver, by identity. */
export type ApproverKeys = ReadonlyMap<string, PublicKey>;

/**
 * Read a folder of `<identity>.key` files, one public key each.
 *
 * Two approvers with one key are refused: one person could sign for both, which defeats a rule that demands two
 * approvals.
 *
 * @throws {GaitError} `invalid_input` when the folder has no key, an invalid key or the same key twice;
 * `unsafe_operation` when a key file is a symbolic link
 */
export async function loadApproverKeys(files: Files, folder: string): Promise<ApproverKeys> {
  const keys = new Map<string, PublicKey>();
  const owners = new Map<string, string>();
  for (const file of await files.list(folder)) {
    if (!file.endsWith(".key")) continue;
    const approver = trim(file.slice(0, -4));
    const path = `${folder}/${file}`;
    if ((await files.stat(path))?.kind === "symlink") {
      throw unsafeOperation(`Cannot read key of approver "${approver}": it is a symbolic link`);
    }
    const text = await readKeyFile(files, path, "key of an approver");
    const key = await parsePublicKey(text, `key of approver "${approver}"`);
    const owner = owners.get(key.id);
    if (approver === "" || keys.has(approver) || owner !== undefined) {
      throw invalidInput(
        `Cannot use approver keys: "${approver}" and "${owner ?? approver}" share a key or name`,
        {
          hint: "Give every approver a key pair of their own: gait keys init",
        },
      );
    }
    keys.set(approver, key);
    owners.set(key.id, approver);
  }
  if (keys.size === 0) {
    throw invalidInput(`Cannot use approver keys: "${folder}" has no <identity>.key file`);
  }
  return keys;
}
