import { counted } from "../../formats/counted.ts";
import type { RecoveredRecording } from "../../runpack/recording/recover.ts";
import { type Line, line, warn } from "../text.ts";

/** What became of a recording that a process left behind, for people. */
export function recoveredNotes(recovered: RecoveredRecording | undefined): Line[] {
  if (!recovered) return [];
  const { path, calls, results, torn } = recovered;
  return [
    path === undefined
      ? line("recovered a recording that held nothing")
      : line(`recovered ${counted(calls, "call")} and ${counted(results, "result")} into ${path}, unsigned`),
    ...(torn === undefined
      ? []
      : [line(warn("torn"), `: the unfinished end of the recording is kept in ${torn}`)]),
  ];
}
