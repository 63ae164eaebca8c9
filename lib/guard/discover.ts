import type { Files } from "../effects/types.ts";
import { folderOf, joinPath } from "../formats/path.ts";
import type { EvidencePaths } from "./read_evidence.ts";

/**
 * Sorted paths of the files directly in a folder whose names have the given prefix and suffix. Both are literal text,
 * never glob patterns.
 */
export async function filesNamed(
  folder: string,
  start: string,
  end: string,
  files: Pick<Files, "list">,
): Promise<string[]> {
  const names = await files.list(folder);
  return names
    .filter((name) =>
      name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end)
    )
    .map((name) => joinPath(folder, name));
}

/**
 * Add the audits and credential records in the runpack's folder, for each kind that the user did not supply
 * (docs/spec/guard.md section 1, "Discovery"). The folder is listed rather than globbed: as a pattern, a folder named
 * `g*` would add the evidence of other runs.
 */
export async function discoverRecords(
  runpackPath: string,
  paths: EvidencePaths,
  files: Pick<Files, "list">,
): Promise<EvidencePaths> {
  const folder = folderOf(runpackPath);
  const found = async (given: readonly string[], start: string) =>
    given.length > 0 ? given : await filesNamed(folder, start, ".json", files);
  return {
    ...paths,
    approvals: await found(paths.approvals, "approval_audit_"),
    credentials: await found(paths.credentials, "credential_evidence_"),
  };
}
