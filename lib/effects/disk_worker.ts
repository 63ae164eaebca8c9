/** The program of the thread of `makeDiskThread` (disk_thread.ts). It begins with the memory that it is sent. */
import { GaitError, messageOf } from "../errors/mod.ts";
import { patientDisk } from "./disk.ts";
import type { GivenAnswer, GivenError, Question } from "./disk_question.ts";
import { makeFiles } from "./files.ts";
import { makeJournals } from "./journals.ts";
import { answerThrough, type Message } from "./thread_channel.ts";
import type { Appender, Journal } from "./types.ts";

const makers = { files: makeFiles(patientDisk), journals: makeJournals(patientDisk) };
const journals = new Map<number, Journal>();
const appenders = new Map<number, Appender>();

// The types are those of a program's first thread, which has nobody to send a message to.
const thread = globalThis as unknown as { postMessage(message: unknown): void };
const answered = () => thread.postMessage(undefined);

addEventListener("message", (event) => void answerThrough((event as MessageEvent).data, answer, answered));

async function answer({ value, parts }: Message): Promise<Message> {
  const answered = await answerTo(value as Question, parts).catch((error) => ({ error: given(error) }));
  return { value: answered, parts: [] };
}

async function answerTo(question: Question, [bytes, ...contents]: Message["parts"]): Promise<GivenAnswer> {
  const { kind, number } = question;
  switch (kind) {
    case "create":
      journals.set(number, await makers.journals.create(question.path));
      return {};
    case "append_at": {
      const appender = appenders.get(number) ?? makers.files.openAppender(question.path);
      appenders.set(number, appender);
      return { version: await appender.append(question.size, bytes!, question.sync) };
    }
    case "end":
      appenders.get(number)?.close();
      appenders.delete(number);
      return {};
    default:
      return await answerOf(journals.get(number)!, question, bytes!, contents);
  }
}

async function answerOf(
  journal: Journal,
  question: Exclude<Question, { kind: "create" | "append_at" | "end" }>,
  bytes: Uint8Array,
  contents: Message["parts"],
): Promise<GivenAnswer> {
  switch (question.kind) {
    case "append":
      await journal.append(bytes, question);
      return {};
    case "place": {
      const files = question.paths.map((path, at) => ({ path, content: contents[at]! }));
      const placed = await journal.appendAndPlace(bytes, files, question);
      return { placed: placed.map((one) => typeof one === "boolean" ? one : given(one.error)) };
    }
    case "close":
      journals.delete(question.number);
      journal.close();
      return {};
    case "discard":
      journals.delete(question.number);
      await journal.discard();
      return {};
  }
}

function given(error: unknown): GivenError {
  if (!(error instanceof GaitError)) {
    return { code: "internal_failure", message: messageOf(error), hint: undefined, detail: undefined };
  }
  const { code, message, hint, detail } = error;
  return { code, message, hint, detail };
}
