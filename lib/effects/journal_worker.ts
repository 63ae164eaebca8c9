/** The thread of {@linkcode threadedJournals}: its program, which begins with the memory that it is sent. */
import { GaitError, messageOf } from "../errors/mod.ts";
import { patientDisk } from "./disk.ts";
import type { GivenAnswer, GivenError, Question } from "./journal_question.ts";
import { makeJournals } from "./journals.ts";
import { answerThrough, type Message } from "./thread_channel.ts";
import type { Journal } from "./types.ts";

const journals = makeJournals(patientDisk);
const open = new Map<number, Journal>();

addEventListener("message", (event) => void answerThrough((event as MessageEvent).data, answer));

async function answer({ value, parts }: Message): Promise<Message> {
  return {
    value: await answerTo(value as Question, parts).catch((error) => ({ error: given(error) })),
    parts: [],
  };
}

async function answerTo(question: Question, parts: Message["parts"]): Promise<GivenAnswer> {
  const { journal: number } = question;
  if (question.kind === "create") {
    open.set(number, await journals.create(question.path));
    return {};
  }
  const journal = open.get(number)!;
  const [bytes, ...contents] = parts;
  switch (question.kind) {
    case "append":
      await journal.append(bytes!, question);
      return {};
    case "place": {
      const files = question.paths.map((path, at) => ({ path, content: contents[at]! }));
      const placed = await journal.appendAndPlace(bytes!, files, question);
      return { placed: placed.map((one) => typeof one === "boolean" ? one : given(one.error)) };
    }
    case "close":
      open.delete(number);
      journal.close();
      return {};
    case "discard":
      open.delete(number);
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
