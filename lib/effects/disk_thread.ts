import { GaitError } from "../errors/mod.ts";
import { type GivenAnswer, type GivenError, type Question, WORKER } from "./disk_question.ts";
import { makeFiles } from "./files.ts";
import { makeJournals } from "./journals.ts";
import { askThrough, makeChannel } from "./thread_channel.ts";
import type { Appender, DiskThread, Journal, Placement } from "./types.ts";

/** Asks the thread; rejects with the error that it reports. */
type Ask = (question: Question, parts?: readonly Uint8Array[]) => Promise<GivenAnswer>;

/**
 * A thread that writes journals, with the files that they make durable, and appends to files. It starts when it is first
 * needed. What is rare is done in this thread, and so is everything when the other one has ended.
 *
 * @param module the address of its program
 */
export function makeDiskThread(module = WORKER): DiskThread & Disposable {
  const local = makeJournals();
  let thread: ReturnType<typeof startThread> | undefined;
  let count = 0;
  const running = () => {
    thread ??= startThread(module);
    return thread.hasEnded() ? undefined : thread;
  };
  return {
    journals: {
      ...local,
      async create(path) {
        const ask = running()?.ask;
        if (ask === undefined) return await local.create(path);
        const number = count++;
        await ask({ kind: "create", number, path });
        return journalOf(number, path, ask);
      },
    },
    openAppender(path) {
      const ask = running()?.ask;
      return ask === undefined ? makeFiles().openAppender(path) : appenderOf(count++, path, ask);
    },
    [Symbol.dispose]: () => thread?.end(),
  };
}

function journalOf(number: number, path: string, ask: Ask): Journal {
  return {
    path,
    async append(bytes, { sync = true } = {}) {
      await ask({ kind: "append", number, sync }, [bytes]);
    },
    async appendAndPlace(bytes, files, { early }) {
      const paths = files.map((file) => file.path);
      const parts = [bytes, ...files.map(({ content }) => content)];
      const { placed } = await ask({ kind: "place", number, early, paths }, parts);
      return placed!.map(placementOf);
    },
    close: () => void ask({ kind: "close", number }).catch(() => {}),
    async discard() {
      await ask({ kind: "discard", number });
    },
  };
}

function appenderOf(number: number, path: string, ask: Ask): Appender {
  return {
    append: async (size, content, sync = true) =>
      (await ask({ kind: "append_at", number, path, size, sync }, [content])).version,
    close: () => void ask({ kind: "end", number }).catch(() => {}),
  };
}

/** Start the thread; it has the permissions that this one has left, and ends with the process. */
function startThread(module: string) {
  const worker = new Worker(module, { type: "module" });
  const shared = makeChannel();
  const channel = askThrough(shared);
  let ended = false;
  worker.onerror = (event) => {
    // Else the runtime ends the whole process.
    event.preventDefault();
    ended = true;
    channel.fail(new GaitError("io_failure", `Cannot write files: their thread ended (${event.message})`));
  };
  worker.onmessage = () => channel.answered();
  worker.postMessage(shared);
  return {
    hasEnded: () => ended,
    end: () => worker.terminate(),
    async ask(question: Question, parts: readonly Uint8Array[] = []) {
      const answer = (await channel.ask({ value: question, parts })).value as GivenAnswer;
      if (answer.error) throw errorOf(answer.error);
      return answer;
    },
  };
}

function placementOf(given: boolean | GivenError): Placement {
  return typeof given === "boolean" ? given : { error: errorOf(given) };
}

function errorOf({ code, message, hint, detail }: GivenError): GaitError {
  return new GaitError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { detail }),
  });
}
