import { pathArgument } from "../formats/shell.ts";
import type { GraderResult } from "../schema/regress.ts";

/**
 * The command that shows why a grader failed.
 *
 * @param runpack the runpack of its fixture
 */
export function nextCommand({ name, details }: GraderResult, runpack: string): string {
  const grader = name.slice(name.indexOf("/") + 1);
  const compared = details?.candidate_runpack;
  const candidate = pathArgument(typeof compared === "string" ? compared : runpack);
  if (grader === "candidate_exit_code") return `gait run replay ${candidate}`;
  if (grader === "expected_exit_code") return `gait run replay ${pathArgument(runpack)}`;
  return candidate === pathArgument(runpack)
    ? `gait run inspect ${candidate}`
    : `gait run diff ${pathArgument(runpack)} ${candidate}`;
}
