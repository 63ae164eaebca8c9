/** The program of the thread of `threadedJournals` (journal_thread.ts). It begins with the memory that it is sent. */
import { GaitError, messageOf } from "../errors/mod.ts";
import { disk, patientDisk } from "./disk.ts";
import type {
  JournalRequest,
  JournalResponse,
  SerializedError,
  SerializedExtended,
} from "./journal_request.ts";
import { makeJournals } from "./journals.ts";
import { type Message, serveThrough } from "./thread_channel.ts";
import type { Extended, Journal } from "./types.ts";

const { create, letGo } = makeJournals(patientDisk, disk);
const journals = new Map<number, Journal>();

// The types are those of a program's first thread, which has nobody to send a message to.
const thread = globalThis as unknown as { postMessage(message: unknown): void };
const notify = () => thread.postMessage(undefined);

addEventListener("message", (event) => void serveThrough((event as MessageEvent).data, respond, notify));

async function respond({ value, parts }: Message): Promise<Message> {
  const response = await responseTo(value as JournalRequest, parts).catch((error) => ({
    error: serialized(error),
  }));
  return { value: response, parts: [] };
}

async function responseTo(
  request: JournalRequest,
  parts: Message["parts"],
): Promise<JournalResponse> {
  if (request.kind === "let_go") {
    letGo(request.path);
    return {};
  }
  if (request.kind === "create") {
    journals.set(request.number, await create(request.path));
    return {};
  }
  const journal = journals.get(request.number)!;
  switch (request.kind) {
    case "append":
      await journal.append(parts[0]!, request);
      return {};
    case "place": {
      const files = request.paths.map((path, at) => ({ path, content: parts[at]! }));
      const extensions = request.extensions.map((one, at) => ({
        ...one,
        bytes: parts[files.length + at]!,
      }));
      // This thread waits for the disk itself, so there is no time to create files in meanwhile.
      const how = { early: false, extensions };
      const { grown, placed, extended } = await journal.appendAndPlace(request.line, files, how);
      return {
        grown,
        placed: placed.map((one) => typeof one === "boolean" ? one : serialized(one.error)),
        extended: extended.map(serializedExtended),
      };
    }
    case "close":
      journals.delete(request.number);
      journal.close();
      return {};
    case "discard":
      journals.delete(request.number);
      await journal.discard();
      return {};
  }
}

function serializedExtended(given: Extended): SerializedExtended {
  return given.kind === "failed" ? { kind: "failed", error: serialized(given.error) } : given;
}

function serialized(error: unknown): SerializedError {
  if (!(error instanceof GaitError)) {
    return { code: "internal_failure", message: messageOf(error), hint: undefined, detail: undefined };
  }
  const { code, message, hint, detail } = error;
  return { code, message, hint, detail };
}
