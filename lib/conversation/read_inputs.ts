import { GaitError } from "../errors/mod.ts";
import type { CaptureMode } from "../runpack/record_request.ts";
import { READERS } from "./formats/table.ts";
import type { ImportInput } from "./input.ts";
import { groupParts, type PlacedPart } from "./joined_parts.ts";
import { naming, renamed, withoutName } from "./named_errors.ts";
import { mentionsCalls, type ReadLog, readLog } from "./read_log.ts";
import type { FoundReading } from "./same_calls.ts";
import type { Format, Skipped } from "./transcript.ts";

/** What was read of one log, or of the files that hold its parts. */
export interface ReadInput {
  readonly readings: readonly FoundReading[];
}

/** Read the logs in order; what is left out is listed, and a log in several files is read where its first file is. */
export async function readInputs(
  inputs: readonly ImportInput[],
  format: Format | undefined,
  captureMode: CaptureMode,
  skipped: Skipped[],
): Promise<ReadInput[]> {
  const many = inputs.length > 1;
  const parts: PlacedPart[] = [];
  const read: (ReadInput | undefined)[] = [];
  const keep = (at: number, { readings, skipped: left }: ReadLog, what: string) => {
    const place = (position: string) => many ? `${what}, ${position}` : position;
    for (const { position, reason } of left) skipped.push({ position: place(position), reason });
    read[at] = { readings: readings.map((one) => ({ ...one, position: place(one.position), input: what })) };
  };
  const reading = async (at: number, isAlone: boolean) => {
    const input = inputs[at]!;
    const { what } = input;
    try {
      const from = await readLog(input, format, captureMode, isAlone);
      if (from.part === undefined) keep(at, from, what);
      else parts.push({ part: from.part, place: at, what });
    } catch (error) {
      if (!(error instanceof GaitError) || error.code !== "invalid_input") throw error;
      const reason = withoutName(error.message, what);
      const isLeftOut = input.found && !await mentionsCalls(input);
      if (!isLeftOut) throw many ? renamed(`Cannot import ${what}: ${reason}`, error) : error;
      skipped.push({ position: what, reason });
    }
  };
  for (const at of inputs.keys()) await reading(at, !many);
  for (const group of groupParts(parts)) {
    const [first, ...others] = group;
    if (others.length === 0) await reading(first!.place, true);
    else {
      const at = group.reduce((least, { place }) => Math.min(least, place), first!.place);
      const what = `${inputs[at]!.what} and ${others.length} more`;
      keep(at, await naming(what, () => Promise.resolve(readParts(group))), what);
    }
  }
  return read.filter((one) => one !== undefined);
}

/** Read the parts of a log as one. */
function readParts(parts: readonly PlacedPart[]): ReadLog {
  const { format } = parts[0]!.part;
  const { readings, skipped } = READERS[format].read({
    values: parts.map(({ part }) => part.value),
    position: (i) => parts[i]!.what,
  });
  return { readings: readings.map((reading) => ({ ...reading, format })), skipped };
}
