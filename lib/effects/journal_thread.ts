import { GaitError } from "../errors/mod.ts";
import { type GivenAnswer, type GivenError, type Question, WORKER } from "./journal_question.ts";
import { makeJournals } from "./journals.ts";
import { askThrough, makeChannel } from "./thread_channel.ts";
import type { Journal, Journals, Placement } from "./types.ts";

/** Asks the thread; rejects with the error that it reports. */
type Ask = (
  question: Question,
  parts?: readonly Uint8Array<ArrayBuffer>[],
) => Promise<GivenAnswer["placed"]>;

/**
 * Journals that a thread of their own writes, with the files that they make durable: a server decides other calls while
 * the disk works. What is rare is done in this thread, and so is everything when the other one has ended.
 *
 * @param module the address of its program
 */
export function threadedJournals(module = WORKER): Journals & Disposable {
  const local = makeJournals();
  const { ask, hasEnded, end } = startThread(module);
  let count = 0;
  return {
    ...local,
    async create(path) {
      if (hasEnded()) return await local.create(path);
      const journal = count++;
      await ask({ kind: "create", journal, path });
      return journalOf(journal, path, ask);
    },
    [Symbol.dispose]: end,
  };
}

function journalOf(journal: number, path: string, ask: Ask): Journal {
  return {
    path,
    async append(bytes, { sync = true } = {}) {
      await ask({ kind: "append", journal, sync }, [bytes]);
    },
    async appendAndPlace(bytes, files, { early }) {
      const paths = files.map((file) => file.path);
      const parts = [bytes, ...files.map(({ content }) => content)];
      return (await ask({ kind: "place", journal, early, paths }, parts))!.map(placementOf);
    },
    close: () => void ask({ kind: "close", journal }).catch(() => {}),
    async discard() {
      await ask({ kind: "discard", journal });
    },
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
    channel.fail(new GaitError("io_failure", `Cannot write journals: their thread ended (${event.message})`));
  };
  worker.postMessage(shared);
  return {
    hasEnded: () => ended,
    end: () => worker.terminate(),
    async ask(question: Question, parts: readonly Uint8Array<ArrayBuffer>[] = []) {
      const { value } = await channel.ask({ value: question, parts });
      const { placed, error } = value as GivenAnswer;
      if (error) throw errorOf(error);
      return placed;
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
