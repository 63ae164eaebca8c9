import { invalidInput } from "../errors/mod.ts";
import { concat } from "../formats/bytes.ts";
import { folderOf, outputPath } from "../formats/path.ts";
import { sameFileAmong, sessionOutput, sessionPaths } from "./paths.ts";
import { bringChainUpToDate, refuseSealed } from "./chain_file.ts";
import { compactedLines } from "./compacted_lines.ts";
import { type Journal, readJournal } from "./read_journal.ts";
import { onSession, openWhole, refreshState, type SessionContext, type SessionEffects } from "./session.ts";
import { saveState, stateOf } from "./state.ts";

/** How a journal is compacted. */
export interface CompactOptions {
  /** Where the shorter journal goes; in place when absent. */
  readonly out?: string | undefined;
  /** Say what would be done, and change nothing. */
  readonly dryRun?: boolean;
}

/** The result of compacting a journal (docs/spec/sessions.md 4.6). */
export interface Compaction {
  readonly journalPath: string;
  readonly outputPath: string;
  readonly dryRun: boolean;
  readonly compacted: boolean;
  readonly eventsBefore: number;
  readonly eventsAfter: number;
  readonly checkpoints: number;
  readonly lastCheckpointSequence: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Names missing runpacks: after compaction they are the only copy of the sealed events. */
  readonly warnings: readonly string[];
}

/**
 * Drop the events that checkpoints sealed (docs/spec/sessions.md 4.6): in place, or to another file. The journal is
 * read line by line, in bounded memory.
 *
 * @throws {GaitError} `invalid_input` when the journal can't be used or the output is a file of a session
 */
export async function compactSession(
  journal: string,
  { out, dryRun = false }: CompactOptions,
  effects: SessionEffects,
  version: string,
): Promise<Compaction> {
  const paths = sessionPaths(journal);
  const elsewhere = out === undefined || await sameFileAmong(effects.files, outputPath(out), [paths.journal])
    ? undefined
    : await sessionOutput("journal", out, paths, effects.files);
  const target = elsewhere ?? paths.journal;
  const inPlace = elsewhere === undefined;
  return await onSession(journal, effects, version, async (operation) => {
    const session = await openWhole(operation);
    const { journal: before } = session;
    if (!inPlace && await effects.files.stat(`${target}.state.json`)) {
      throw invalidInput(`Cannot write to "${target}": it is the journal of another session`);
    }
    await refuseSealed(effects.files, target, before.checkpoints);
    // If lines will be dropped, or the output is another file, the content need not be compared before writing.
    const sealed = before.checkpoints.at(-1)?.sequence_end ?? 0;
    const certain = !inPlace || before.eventCount > Math.max(0, before.lastSequence - sealed);
    let after = { bytes: 0, events: 0 };
    if (dryRun || !certain) after = await measure(operation, before);
    const compacted = certain || after.bytes !== before.size;
    if (!dryRun) {
      await bringChainUpToDate(operation, session);
      if (!compacted) await refreshState(operation, session);
      else if (inPlace) after = await replace(operation, before);
      else {
        await effects.files.makeFolder(folderOf(target));
        after = await write(operation, before, target);
      }
    }
    return {
      journalPath: paths.journal,
      outputPath: target,
      dryRun,
      compacted,
      eventsBefore: before.eventCount,
      eventsAfter: after.events,
      checkpoints: before.checkpoints.length,
      lastCheckpointSequence: sealed,
      bytesBefore: before.size,
      bytesAfter: after.bytes,
      warnings: after.events === before.eventCount ? [] : await missingRunpacks(operation, before),
    };
  });
}

async function missingRunpacks(
  { effects: { files } }: SessionContext,
  { checkpoints }: Journal,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const { checkpoint_index: index, runpack_path: path } of checkpoints) {
    if (!await files.isFile(path)) warnings.push(`the runpack of checkpoint ${index} is not at "${path}"`);
  }
  return warnings;
}

/**
 * INVARIANT: the state file is removed first. It describes the old journal; if a crash left it beside the new one,
 * the new journal would look edited.
 */
async function replace(operation: SessionContext, before: Journal): Promise<Size> {
  const { effects: { files }, paths } = operation;
  if (await files.stat(paths.state)) await files.remove(paths.state);
  const after = await write(operation, before, paths.journal);
  await saveState(files, paths.state, stateOf(await readJournal(files, paths.journal), operation));
  return after;
}

interface Size {
  readonly bytes: number;
  readonly events: number;
}

async function measure(operation: SessionContext, before: Journal): Promise<Size> {
  let [bytes, events] = [0, 0];
  for await (const { line, isEvent } of compactedLines(operation, before)) {
    bytes += line.length;
    if (isEvent) events++;
  }
  return { bytes, events };
}

/** Lines per write. */
const LINES_AT_ONCE = 256;

/** Write the compacted lines to a file and measure them while writing. */
async function write(operation: SessionContext, before: Journal, target: string): Promise<Size> {
  let [bytes, events] = [0, 0];
  let pending: Uint8Array[] = [];
  async function* lines(): AsyncGenerator<Uint8Array> {
    for await (const { line, isEvent } of compactedLines(operation, before)) {
      bytes += line.length;
      if (isEvent) events++;
      pending.push(line);
      if (pending.length < LINES_AT_ONCE) continue;
      yield concat(pending);
      pending = [];
    }
    yield concat(pending);
  }
  await operation.effects.files.writeAtomicParts(target, lines());
  return { bytes, events };
}
