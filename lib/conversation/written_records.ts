import type { LineWriter } from "../formats/json/line_writer.ts";
import { type Rfc3339, ZERO_TIME } from "../formats/time.ts";
import { writeIntentLine, writeResultLine } from "../runpack/line_parts.ts";
import { type Head, headOf } from "../runpack/record_head.ts";
import { isPart, TextParts, writeIntent, writeResult } from "../runpack/record_lines.ts";
import { mapped, type Records, type TextRecords } from "../runpack/records.ts";
import type { Intent, Run } from "../schema/runpack.ts";
import { SCHEMA_ID } from "../schema/runpack_layout.ts";
import type { DigestColumn } from "./digest_column.ts";
import type { WrittenCalls } from "./transcript.ts";

/*
 * The records of a long log, whose lines are written from what is kept of its calls.
 *
 * INVARIANT: the lines are those of the same records as values.
 */

/** What the lines of a log are made of. */
export interface WrittenLog {
  readonly columns: WrittenCalls;
  /** The intent ids of its calls. */
  readonly ids: readonly string[];
  /** The head of records without a time. */
  readonly head: Head;
}

/** The intents of a log. */
export function writtenIntents<T>({ columns, ids, head }: WrittenLog, values: Records<T>): TextRecords<T> {
  const { args, tools, times, provenance } = columns;
  const heads = new Heads(head, SCHEMA_ID.intent);
  const parts = new ColumnParts(args.digests);
  return recordsWrittenBy(values, (lines, place, run) => {
    const own = heads.at(times[place], run);
    const text = args.texts[place];
    const [id, tool] = [ids[place]!, tools[place]!];
    const origins = provenance.get(place);
    if (origins === undefined && isPart(text)) {
      return writeIntentLine(lines, own, parts.at(place).of(text, id, tool));
    }
    const intent = { ...own, intent_id: id, tool_name: tool, args_digest: args.digests.at(place) };
    writeIntent(lines, { ...intent, arg_provenance: origins as Intent["arg_provenance"] }, text);
  });
}

/** The results of a log. */
export function writtenResults<T>({ columns, ids, head }: WrittenLog, values: Records<T>): TextRecords<T> {
  const { results, answered, answerTimes, errors } = columns;
  const heads = new Heads(head, SCHEMA_ID.result);
  const parts = new ColumnParts(results.digests);
  return recordsWrittenBy(values, (lines, place, run) => {
    const own = heads.at(answerTimes[place], run);
    const text = results.texts[place];
    const id = ids[answered[place]!]!;
    const status = errors.has(place) ? "error" : "ok";
    if (isPart(text)) return writeResultLine(lines, own, parts.at(place).of(text, id, status));
    writeResult(lines, { ...own, intent_id: id, status, result_digest: results.digests.at(place) }, text);
  });
}

function recordsWrittenBy<T>(
  values: Records<T>,
  write: (lines: LineWriter, place: number, run: Run) => void,
): TextRecords<T> {
  return {
    length: values.length,
    [Symbol.iterator]: () => values[Symbol.iterator](),
    ofRun: (runId) => mapped(values, (value) => ({ ...value, run_id: runId })),
    *places() {
      for (let place = 0; place < values.length; place++) yield place;
    },
    write,
  };
}

/** The heads of records in a row: one is that of the last record if both have the same time. */
class Heads {
  readonly #common: Head;
  readonly #schemaId: string;
  #run: Run | undefined;
  #time: Rfc3339 | undefined;
  #last: Head;

  constructor(common: Head, schemaId: string) {
    [this.#common, this.#schemaId, this.#last] = [common, schemaId, common];
  }

  at(time: Rfc3339 | undefined, run: Run): Head {
    if (this.#run !== run || this.#time !== time) {
      this.#last = headOf({ ...this.#common, created_at: time ?? ZERO_TIME }, run, this.#schemaId);
      [this.#run, this.#time] = [run, time];
    }
    return this.#last;
  }
}

/** The parts of a line, with a digest that is kept. */
class ColumnParts extends TextParts {
  readonly #digests: DigestColumn;
  #place = 0;

  constructor(digests: DigestColumn) {
    super();
    this.#digests = digests;
  }

  at(place: number): this {
    this.#place = place;
    return this;
  }

  digest(lines: LineWriter): void {
    this.#digests.write(lines, this.#place);
  }
}
