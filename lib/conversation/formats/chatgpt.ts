import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import type { Rfc3339 } from "../../formats/time.ts";
import { type Ledger, openLedger, unreadCalls } from "../ledger.ts";
import { timeIn } from "../messages.ts";
import type { Skipped } from "../transcript.ts";
import { type ExportedConversation, readAccountExport } from "./account_exports.ts";
import { type Answering, answerOf, argumentsOf, isOutput } from "./chatgpt_content.ts";
import { nodesInOrder, shownBranch, type TreeNode } from "./message_tree.ts";
import { countSkipped, type FormatReader, idIn, type Reading, wordOf } from "./reader.ts";

/**
 * Conversations of ChatGPT: a tree of messages, in which an answer that was regenerated is a branch of its own. The
 * calls of every branch were made, whichever of them the page shows.
 */
export const chatgpt: FormatReader = {
  title: "ChatGPT: data exports (`conversations.json`), conversations of its web API",
  reads:
    "messages of the assistant to a `recipient` that is a tool, messages of role `tool` behind them; all branches; one run per conversation",
  lost: "what was said; conversations in which no tool was called are counted",
  example:
    '[{"mapping":{"a":{"id":"a","message":{"id":"a","author":{"role":"assistant"},"recipient":"python","content":{"content_type":"code","text":"1+1"}},"parent":null,"children":[]}},"current_node":"a"}]',
  detect: (values) => values.some((value) => isJsonObject(value) && isConversation(value)),
  read: (roots) => readAccountExport(roots, isConversation, readConversation),
};

function isConversation({ mapping }: JsonObject): boolean {
  return isJsonObject(mapping) &&
    Object.values(mapping).some((node) =>
      isJsonObject(node) && Object.hasOwn(node, "message") && Object.hasOwn(node, "parent")
    );
}

/** Recipients that are no tools. */
const PEOPLE = new Set(["all", "assistant", "user"]);

/** How many calls further up are looked at for the one that a message of a tool answers. */
const MAX_ABOVE = 64;

/** A call with the messages that answer it, of which there may be several. */
interface Made {
  readonly position: string;
  readonly node: string;
  readonly id: string;
  readonly tool: string;
  readonly message: JsonObject;
  readonly time: Rfc3339 | undefined;
  readonly isShown: boolean;
  readonly answers: Answering[];
}

/** The calls above a message, the nearest first, as far up as the user's last message. */
interface Above {
  readonly made: Made;
  /** Calls without an answer between them are of one turn. */
  readonly turn: number;
  readonly next: Above | undefined;
}

/** What stands above a node. */
interface Branch {
  readonly open?: Above | undefined;
  readonly isAnswered: boolean;
}

function readConversation({ value, position }: ExportedConversation): Reading {
  const ledger = openLedger();
  ledger.begin(timeIn(value, position, ledger, ["create_time"]));
  ledger.use();
  const mapping = value.mapping as JsonObject;
  const shown = shownBranch(mapping, value.current_node);
  const above = new Map<string, Branch>();
  const lost: Skipped[] = [];
  /** Calls, and the calls whose first answer stands there, in the order of the log. */
  const events: { readonly made: Made; readonly isCall: boolean }[] = [];
  const nodes = nodesInOrder(mapping);
  for (const [i, { id, node, parent }] of nodes.entries()) {
    let { open, isAnswered } = (parent === undefined ? undefined : above.get(parent)) ?? NOTHING;
    const { message } = node;
    if (isJsonObject(message)) {
      const place = `node "${id.slice(0, 80)}"`;
      const time = timeIn(message, place, ledger, ["create_time"]);
      ledger.use(time);
      const { role, name } = isJsonObject(message.author) ? message.author : {};
      const tool = role === "assistant" ? recipientOf(message) : undefined;
      if (role === "user") open = undefined;
      if (tool !== undefined) {
        const isShown = shown === undefined || shown.has(id);
        const made = {
          position: place,
          node: id,
          id: idIn(message.id) ?? id,
          tool,
          message,
          time,
          isShown,
          answers: [],
        };
        events.push({ made, isCall: true });
        const turn = open === undefined ? 0 : open.turn + (isAnswered ? 1 : 0);
        [open, isAnswered] = [{ made, turn, next: open }, false];
      } else if (role === "tool") {
        isAnswered = true;
        const made = answeredBy(open, {
          name,
          isNext: parent === open?.made.node,
          ahead: answersFrom(nodes, i, name),
        });
        if (made === undefined) {
          const reason = `message of tool "${wordOf(name)}" without a call before it`;
          ledger.skip(place, reason);
          if (isOutput(message)) lost.push({ position: place, reason });
        } else {
          if (made.answers.length === 0) events.push({ made, isCall: false });
          made.answers.push({ message, position: place, time });
        }
      } else if (role !== "user" && role !== "system" && role !== "assistant") {
        ledger.leaveOut(place, message, "message of no known role");
      }
    } else if ((message ?? null) !== null) {
      ledger.leaveOut(`node "${id.slice(0, 80)}"`, message!, "no message");
    }
    above.set(id, { open, isAnswered });
  }
  record(events, ledger, position);
  // Files of the user come as messages of a tool that nobody called; what a sandbox wrote down does not.
  if (events.length === 0 && lost.length > 0) throw unreadCalls(position, lost);
  return { position, value, transcript: ledger.close(position) };
}

const NOTHING: Branch = { isAnswered: false };

function recipientOf({ recipient }: JsonObject): string | undefined {
  return typeof recipient === "string" && recipient.trim() !== "" && !PEOPLE.has(recipient)
    ? recipient
    : undefined;
}

/**
 * The call that a message of a tool answers, of the nearest turn with that tool: messages in a row answer the last of
 * its waiting calls in their order. Where none waits a tool says more of the nearest. Some tools answer under another
 * name, directly behind their call.
 *
 * @param ahead how many messages in this row are of the tool, from this one on
 */
function answeredBy(
  open: Above | undefined,
  { name, isNext, ahead }: {
    readonly name: JsonValue | undefined;
    readonly isNext: boolean;
    readonly ahead: number;
  },
): Made | undefined {
  let nearest: Above | undefined;
  let waiting: Above | undefined;
  let count = 0;
  let at = open;
  for (let i = 0; i < MAX_ABOVE && at !== undefined && count < ahead; i++, at = at.next) {
    if (nearest !== undefined && at.turn !== nearest.turn) break;
    if (at.made.tool !== name) continue;
    nearest ??= at;
    if (at.made.answers.length === 0) [waiting, count] = [at, count + 1];
  }
  const found = waiting ?? nearest;
  return found?.made ?? (isNext || (name ?? null) === null ? open?.made : undefined);
}

/** How many of the messages of tools that stand in a row, from a node on, are of one tool. */
function answersFrom(nodes: readonly TreeNode[], from: number, name: JsonValue | undefined): number {
  let count = 1;
  for (let i = from + 1; i < from + MAX_ABOVE; i++) {
    const message = nodes[i]?.node.message;
    const author = isJsonObject(message) ? message.author : undefined;
    if (nodes[i]?.parent !== nodes[i - 1]!.id || !isJsonObject(author) || author.role !== "tool") break;
    if (author.name === name) count++;
  }
  return count;
}

function record(
  events: readonly { readonly made: Made; readonly isCall: boolean }[],
  ledger: Ledger,
  position: string,
): void {
  const indexes = new Map<Made, number>();
  const others = countSkipped();
  for (const { made, isCall } of events) {
    if (!isCall) {
      const index = indexes.get(made);
      if (index !== undefined) ledger.answerTo(index, answerOf(made.answers, ledger));
      continue;
    }
    const { status } = made.message;
    // A model that was stopped leaves a call behind that nobody ran.
    if (made.answers.length === 0 && (status === "in_progress" || status === "finished_partial_completion")) {
      ledger.skip(made.position, "call that was not completed by the model");
      continue;
    }
    if (!made.isShown) others.add("call on a branch that the page does not show; it was made all the same");
    const index = ledger.call({ ...made, args: argumentsOf(made.message) });
    if (index !== undefined) indexes.set(made, index);
  }
  others.report(ledger, position);
}
