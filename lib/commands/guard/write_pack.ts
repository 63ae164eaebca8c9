import type { Effects } from "../../effects/mod.ts";
import { baseName, cleanPath, folderOf, joinPath, outputPath } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";
import { trim } from "../../formats/text.ts";
import type { BuiltEvidencePack } from "../../guard/build.ts";
import { GUARD_ENTRY } from "../../schema/guard.ts";
import { keepInputs } from "../inputs.ts";
import { archiveRules } from "../output_flags.ts";
import { dim, good, type Line, line, nextLines, warningLines } from "../text.ts";

/** The paths of a written evidence pack, for the output. */
export interface WrittenEvidence {
  readonly path: string;
  readonly manifestPath: string;
  /** The numbered name that an older archive was moved to, if any. */
  readonly keptAs?: string;
}

/**
 * Write an evidence pack. An existing file is never lost silently: an older archive is moved aside, any other file is
 * replaced only with `--force`, and an input file never.
 */
export async function writeEvidencePack(
  { pack, path: usual }: BuiltEvidencePack,
  { out, force }: { readonly out: string | undefined; readonly force: boolean },
  effects: Pick<Effects, "files">,
  read: readonly string[],
): Promise<WrittenEvidence> {
  const given = out === undefined ? cleanPath(usual) : await insideFolder(trim(out), usual, effects.files);
  const target = outputPath(given);
  await keepInputs(effects.files, target, read);
  await effects.files.makeFolder(folderOf(target));
  const { keptAs } = await effects.files.writeOutput(target, pack.bytes, archiveRules(force));
  return { path: given, manifestPath: `${given}#${GUARD_ENTRY.manifest}`, ...(keptAs ? { keptAs } : {}) };
}

/** A given folder, existing or with a trailing slash, gets a pack with the usual name. */
async function insideFolder(out: string, usual: string, files: Effects["files"]): Promise<string> {
  const isFolder = out.endsWith("/") || out !== "" && (await files.stat(out))?.kind === "folder";
  return isFolder ? joinPath(cleanPath(out), baseName(usual)) : out;
}

/** The packed content as text lines. */
export function evidenceLines(
  command: string,
  { path, keptAs }: WrittenEvidence,
  { pack, traces }: BuiltEvidencePack,
  warnings: readonly string[],
): Line[] {
  return [
    line(good(`${command} ok`), `: ${path}`),
    line(dim("  pack      "), pack.packId),
    line(dim("  of        "), `${pack.runId}, ${pack.template}`),
    ...(keptAs === undefined ? [] : [line(dim("  older     "), `kept as ${keptAs}`)]),
    ...traces.map(({ traceId, status }) => line(dim("  trace     "), `${traceId}: signature ${status}`)),
    ...warningLines(warnings),
    ...nextLines([`gait guard verify ${pathArgument(path)}`]),
  ];
}
