import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import type { CallStore, KnownAnswer, KnownCall } from "./call_store.ts";
import { DigestColumn } from "./digest_column.ts";
import type { PayloadWriter, WrittenPayload } from "./payload_writer.ts";
import type {
  AroundCalls,
  Skipped,
  ToolAnswer,
  ToolCall,
  Transcript,
  WrittenCalls,
  WrittenPayloads,
} from "./transcript.ts";

class PayloadColumn implements WrittenPayloads {
  readonly digests = new DigestColumn();
  readonly texts: string[] = [];

  add({ digest, text }: WrittenPayload): void {
    this.digests.add(digest);
    if (text !== undefined) this.texts.push(text);
  }
}

/**
 * Keeps the calls of a long log, and of their payloads what is written of them. Each member has a list of its own: an
 * object for each of a hundred thousand calls would be moved over and over to collect garbage.
 */
export class CallColumns implements CallStore, WrittenCalls {
  readonly #writer: PayloadWriter;
  readonly ids: (string | undefined)[] = [];
  readonly tools: string[] = [];
  readonly times: (Rfc3339 | undefined)[] = [];
  readonly args = new PayloadColumn();
  readonly provenance = new Map<number, readonly JsonObject[]>();
  readonly rawArguments = new Set<number>();

  readonly answered: number[] = [];
  readonly answerTimes: (Rfc3339 | undefined)[] = [];
  readonly results = new PayloadColumn();
  readonly errors = new Set<number>();

  constructor(writer: PayloadWriter) {
    this.#writer = writer;
  }

  get length(): number {
    return this.ids.length;
  }

  addCall({ id, tool, provenance, time }: KnownCall, args: JsonValue | undefined): void {
    const written = this.#writer.args(args);
    const place = this.ids.length;
    if (written.rawArguments) this.rawArguments.add(place);
    if (provenance.length > 0) this.provenance.set(place, provenance);
    this.args.add(written);
    this.ids.push(id);
    this.tools.push(tool);
    this.times.push(time);
  }

  addAnswer({ call, failed, time }: KnownAnswer, content: JsonValue | undefined): void {
    const written = this.#writer.result(content, failed);
    if (written.status === "error") this.errors.add(this.answered.length);
    this.results.add(written);
    this.answered.push(call);
    this.answerTimes.push(time);
  }

  close(rest: AroundCalls): Transcript {
    return new WrittenTranscript(this, rest);
  }

  call(place: number): ToolCall {
    return {
      args: {},
      rawArguments: this.rawArguments.has(place),
      digest: this.args.digests.at(place),
      text: this.args.texts[place],
      id: this.ids[place],
      tool: this.tools[place]!,
      provenance: this.provenance.get(place) ?? [],
      time: this.times[place],
    };
  }

  answer(place: number): ToolAnswer {
    return {
      result: {},
      status: this.errors.has(place) ? "error" : "ok",
      digest: this.results.digests.at(place),
      text: this.results.texts[place],
      call: this.answered[place]!,
      time: this.answerTimes[place],
    };
  }
}

/** A transcript whose calls and answers are made each time that they are asked for. */
class WrittenTranscript implements Transcript {
  readonly #columns: CallColumns;
  readonly skipped: readonly Skipped[];
  readonly start: Rfc3339 | undefined;
  readonly finish: Rfc3339 | undefined;

  constructor(columns: CallColumns, { skipped, start, finish }: AroundCalls) {
    this.#columns = columns;
    [this.skipped, this.start, this.finish] = [skipped, start, finish];
  }

  get written(): WrittenCalls {
    return this.#columns;
  }

  get calls(): readonly ToolCall[] {
    return Array.from(this.#columns.ids, (_, place) => this.#columns.call(place));
  }

  get answers(): readonly ToolAnswer[] {
    return Array.from(this.#columns.answered, (_, place) => this.#columns.answer(place));
  }
}
