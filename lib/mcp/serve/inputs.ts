import type { Files } from "../../effects/types.ts";
import { folderOf, joinPath } from "../../formats/path.ts";
import { DEFAULT_STATE_PATH } from "../../gate/limits/charge.ts";
import type { GateOptions } from "../../gate/options.ts";
import { LEDGER_NAME } from "../../tokens/trust.ts";

/** The files and folders that a gate decides by: whoever replaces or removes one changes what is decided. */
export function inputsOf({ policy, keys = {}, ...more }: GateOptions): string[] {
  const { signing, approval, delegation, approvedScripts, approvers } = keys;
  const limits = more.rateLimitState ?? DEFAULT_STATE_PATH;
  return [
    ...[policy, approvers, signing?.file],
    ...[approval, delegation, approvedScripts].flatMap((key) => [key?.file, key?.privateFile]),
    ...[more.inventory, more.approvedScriptRegistry, more.broker?.command],
    ...[limits, more.approvals?.ledger ?? joinPath(folderOf(limits), LEDGER_NAME)],
  ].filter((path) => path !== undefined && path !== "") as string[];
}

/** Whether a real path is one of these, or lies in one that is a folder. */
export async function insideOf(
  paths: readonly string[],
  files: Pick<Files, "realPath">,
): Promise<(realPath: string) => boolean> {
  const taken = new Set(await Promise.all(paths.map((path) => files.realPath(path))));
  return (realPath) => {
    for (let at = realPath;; at = folderOf(at)) {
      if (taken.has(at)) return true;
      if (at === folderOf(at)) return false;
    }
  };
}
