import type { Reading } from "./formats/reader.ts";
import type { Format, Skipped } from "./transcript.ts";

/** A reading with its format. */
export interface FoundReading extends Reading {
  readonly format: Format;
  /** The name of its input. */
  readonly input: string;
}

/**
 * The readings without those that retell a log next to them: the panel of Cline shows the calls that the history of the
 * API has, and two runs would attest each of them twice.
 */
export function withoutRetold(readings: readonly FoundReading[], skipped: Skipped[]): FoundReading[] {
  const histories = new Set(
    readings.filter(({ format }) => format === "cline").map(({ input }) => folderOf(input)),
  );
  return readings.filter(({ format, input, position, transcript: { calls } }) => {
    const isRetold = format === "cline-ui" && histories.has(folderOf(input));
    if (isRetold) {
      skipped.push({
        position,
        reason: `its ${calls.length} calls are those of the history of the API next to it`,
      });
    }
    return !isRetold;
  });
}

/** What stands before the name of a file, also of one in an archive. */
function folderOf(input: string): string {
  return input.slice(
    0,
    1 + Math.max(input.lastIndexOf("/"), input.lastIndexOf("\\"), input.lastIndexOf(' "')),
  );
}
