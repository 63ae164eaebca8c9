import { GaitError } from "../errors/mod.ts";
import {
  type JournalRequest,
  type JournalResponse,
  type SerializedError,
  type SerializedExtended,
  WORKER,
} from "./journal_request.ts";
import { makeJournals } from "./journals.ts";
import { makeChannel, requestThrough } from "./thread_channel.ts";
import type { Extended, Journal, Journals, Placement } from "./types.ts";

/** Sends a request to the thread; rejects with the error that it reports. */
type Send = (request: JournalRequest, parts?: readonly Uint8Array[]) => Promise<JournalResponse>;

/**
 * Journals that a thread of their own writes, with the files that they make durable. It starts when it is first needed.
 * What is rare is done in this thread, and so is everything when the other one has ended.
 *
 * @param module the address of its program
 */
export function threadedJournals(module = WORKER): Journals & Disposable {
  const local = makeJournals();
  let thread: ReturnType<typeof startThread> | undefined;
  let count = 0;
  return {
    ...local,
    async create(path) {
      thread ??= startThread(module);
      if (thread.hasEnded()) return await local.create(path);
      const number = count++;
      await thread.send({ kind: "create", number, path });
      return journalOf(number, path, thread.send);
    },
    letGo(path) {
      local.letGo(path);
      if (thread && !thread.hasEnded()) void thread.send({ kind: "let_go", path }).catch(() => {});
    },
    [Symbol.dispose]: () => thread?.end(),
  };
}

function journalOf(number: number, path: string, send: Send): Journal {
  return {
    path,
    async append(bytes, { sync = true } = {}) {
      await send({ kind: "append", number, sync }, [bytes]);
    },
    async appendAndPlace(line, files, { extensions: given = [] }) {
      const paths = files.map((file) => file.path);
      const extensions = given.map(({ bytes: _, ...extension }) => extension);
      const parts = [...files.map(({ content }) => content), ...given.map(({ bytes }) => bytes)];
      const { grown, placed, extended } = await send(
        { kind: "place", number, line, paths, extensions },
        parts,
      );
      return { grown: grown!, placed: placed!.map(placementOf), extended: extended!.map(extendedOf) };
    },
    close: () => void send({ kind: "close", number }).catch(() => {}),
    async discard() {
      await send({ kind: "discard", number });
    },
  };
}

/** Start the thread; it has the permissions that this one has left, and ends with the process. */
function startThread(module: string) {
  const worker = new Worker(module, { type: "module" });
  const shared = makeChannel();
  const channel = requestThrough(shared);
  let ended = false;
  worker.onerror = (event) => {
    // Else the runtime ends the whole process.
    event.preventDefault();
    ended = true;
    channel.fail(new GaitError("io_failure", `Cannot write files: their thread ended (${event.message})`));
  };
  worker.onmessage = () => channel.responded();
  worker.postMessage(shared);
  return {
    hasEnded: () => ended,
    end: () => worker.terminate(),
    async send(request: JournalRequest, parts: readonly Uint8Array[] = []) {
      const response = (await channel.send({ value: request, parts })).value as JournalResponse;
      if (response.error) throw errorOf(response.error);
      return response;
    },
  };
}

function placementOf(given: boolean | SerializedError): Placement {
  return typeof given === "boolean" ? given : { error: errorOf(given) };
}

function extendedOf(given: SerializedExtended): Extended {
  return given.kind === "failed" ? { kind: "failed", error: errorOf(given.error) } : given;
}

function errorOf({ code, message, hint, detail }: SerializedError): GaitError {
  return new GaitError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { detail }),
  });
}
