import {
  applyEdits,
  type JsoncNode,
  memberOf,
  parseJsonc,
  plainValue,
  type TextEdit,
} from "../../formats/jsonc.ts";
import { invalidInput } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { equalJson } from "./equal_json.ts";
import type { HookClient, HookContract } from "./clients.ts";

/** Settings of an agent, as they stand. */
export interface Settings {
  /** Named in errors. */
  readonly what: string;
  /** Empty for a file that is not there. */
  readonly text: string;
  readonly client: HookClient;
  readonly contract: HookContract;
}

/** A change of settings. */
export interface SettingsChange {
  readonly text: string;
  /** Commands of Gait that go, and that come, with their events. */
  readonly removed: readonly HookEntry[];
  readonly added: readonly HookEntry[];
}

/** One hook of Gait. */
export interface HookEntry {
  readonly event: string;
  readonly command: string;
}

/**
 * Put the hook into settings: one entry for the event before a call and one for the event after it, behind all others.
 * Doing it again changes nothing.
 *
 * @throws {GaitError} `invalid_input` when the settings can't be read, or have something else where hooks belong
 */
export function planHook(settings: Settings, command: string): SettingsChange {
  const { text, removed } = planRemoval(settings);
  const { contract: { before, after, newSettings }, what } = settings;
  const added = [before[0]!, after[0]!].map((event) => ({ event, command }));
  let edited = blank(text) ? JSON.stringify(newSettings, null, 2) + "\n" : text;
  for (const entry of added) edited = withEntry(edited, entry, settings);
  const same = equalJson(
    plainValue(parseJsonc(edited, what)),
    blank(settings.text) ? undefined : plainValue(parseJsonc(settings.text, what)),
  );
  return same ? { text: settings.text, removed: [], added: [] } : { text: edited, removed, added };
}

/** Take the hook out of settings; everything else stays as it is, comments included. */
export function planRemoval(settings: Settings): SettingsChange {
  const { what, text } = settings;
  const removed: HookEntry[] = [];
  let edited = text;
  if (blank(text)) return { text, removed, added: [] };
  for (;;) {
    const found = findOurs(parseJsonc(edited, what), settings);
    if (found === undefined) return { text: edited, removed, added: [] };
    removed.push(found.entry);
    edited = applyEdits(edited, [found.edit]);
  }
}

function blank(text: string): boolean {
  return text.trim() === "";
}

/** The first hook of Gait, and the edit that removes it and whatever it leaves empty. */
function findOurs(
  document: JsoncNode,
  settings: Settings,
): { readonly entry: HookEntry; readonly edit: TextEdit } | undefined {
  const hooks = memberOf(objectIn(document, settings), "hooks");
  for (const { name: event, node: list } of hooks?.members ?? []) {
    for (const [at, item] of (list.items ?? []).entries()) {
      const handlers = settings.contract.shape === "groups" ? memberOf(item, "hooks") : undefined;
      const found = settings.contract.shape === "groups"
        ? (handlers?.items ?? []).findIndex((one) => isOurs(one, settings.client))
        : isOurs(item, settings.client)
        ? 0
        : -1;
      if (found < 0) continue;
      const command = String(memberOf(handlers?.items?.[found] ?? item, "command")!.value);
      const path: readonly (readonly [JsoncNode, number])[] = [
        [document, document.members!.findIndex(({ name }) => name === "hooks")],
        [hooks!, hooks!.members!.findIndex(({ name }) => name === event)],
        [list, at],
        ...(handlers ? [[handlers, found] as const] : []),
      ];
      // From the inside out, up to the first that holds something else.
      const inner = [...path].reverse();
      const kept = inner.findIndex(([node, index], i) =>
        i === inner.length - 1 || countOf(node) > 1 || index < 0
      );
      return { entry: { event, command }, edit: without(...inner[kept]!) };
    }
  }
  return undefined;
}

function countOf({ members, items }: JsoncNode): number {
  return (members ?? items ?? []).length;
}

/** The edit that takes one part out of an object or list, with the comma that separates it. */
function without(parent: JsoncNode, index: number): TextEdit {
  const parts = parent.items ?? parent.members!.map(({ node, start }) => ({ start, end: node.end }));
  const part = parts[index]!;
  const [last, next] = [parts[index - 1], parts[index + 1]];
  if (last !== undefined) return { start: last.end, end: part.end, text: "" };
  return next === undefined
    ? { start: parent.start + 1, end: parent.end - 1, text: "" }
    : { start: part.start, end: next.start, text: "" };
}

/**
 * Whether a handler runs this hook and nothing else: its first word is Gait, wherever that is, then come `hook` and the
 * client. A command that the user joined with others is the user's, or they would go with the hook.
 */
function isOurs(handler: JsoncNode, client: HookClient): boolean {
  const command = memberOf(handler, "command")?.value;
  if (typeof command !== "string") return false;
  const words = command.trim().replace(/\|\| exit 2$/, "");
  if (/[;&|\n]/.test(words.replace(/\\.|'[^']*'|"[^"]*"/g, "q"))) return false;
  const program = firstWord(words);
  if (!/(?:^|[/\\])gait(?:-online)?(?:\.exe)?$/.test(program.replace(/['"]/g, ""))) return false;
  return /^ hook ([a-z-]+)(?:\s|$)/.exec(words.slice(program.length))?.[1] === client;
}

/** The first word of a shell command, as it is written there. */
function firstWord(command: string): string {
  const part = /\\.|'[^']*'|"[^"]*"|[^\s'"\\]/y;
  let end = 0;
  while (part.test(command)) end = part.lastIndex;
  return command.slice(0, end);
}

function withEntry(text: string, { event, command }: HookEntry, settings: Settings): string {
  const { contract, what } = settings;
  const handler = { command, ...contract.handler };
  const entry: JsonObject = contract.shape === "groups" ? { hooks: [handler] } : handler;
  const document = objectIn(parseJsonc(text, what), settings);
  const hooks = memberOf(document, "hooks");
  if (hooks === undefined) return inserted(text, document, `"hooks": ${shown({ [event]: [entry] }, 1)}`, 1);
  if (hooks.members === undefined) throw misplaced("hooks", "an object", what);
  const list = memberOf(hooks, event);
  if (list === undefined) return inserted(text, hooks, `${JSON.stringify(event)}: ${shown([entry], 2)}`, 2);
  if (list.items === undefined) throw misplaced(`hooks.${event}`, "a list", what);
  return inserted(text, list, shown(entry, 3), 3);
}

function objectIn(document: JsoncNode, { what }: Settings): JsoncNode {
  if (document.members === undefined) throw misplaced("the whole", "an object", what);
  return document;
}

function misplaced(member: string, expected: string, what: string) {
  return invalidInput(`Cannot use ${what}: ${member} is not ${expected}`, {
    hint: "Repair it there; nothing was changed",
  });
}

/** Put a part behind the others of an object or list. */
function inserted(text: string, parent: JsoncNode, part: string, depth: number): string {
  const indent = "\n" + "  ".repeat(depth);
  const last = parent.items?.at(-1)?.end ?? parent.members?.at(-1)?.node.end;
  const edit = last === undefined
    ? { start: parent.start + 1, end: parent.start + 1, text: indent + part + indent.slice(0, -2) }
    : { start: last, end: last, text: "," + indent + part };
  return applyEdits(text, [edit]);
}

function shown(value: unknown, depth: number): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", "\n" + "  ".repeat(depth));
}

/**
 * The text to keep for the time when the hook is taken out again.
 *
 * @returns nothing where there were no settings before the hook
 */
export function originalText(settings: Settings): string | undefined {
  const { text, removed } = planRemoval(settings);
  return blank(text) || (removed.length > 0 && isNew(text, settings)) ? undefined : text;
}

/**
 * The text to go back to when the hook was taken out: the very text from before, unless the settings were changed since.
 *
 * @returns an empty text when there was no file, and nothing but the hook was put into it
 */
export function restored(settings: Settings, text: string, backup: string | undefined): string {
  const { what, contract } = settings;
  if (backup === undefined) return isNew(text, settings) ? "" : text;
  const now = plainValue(parseJsonc(text, what));
  const before = blank(backup) ? contract.newSettings : plainValue(parseJsonc(backup, `backup of ${what}`));
  return equalJson(withoutEmpty(now), withoutEmpty(before)) ? backup : text;
}

/** Whether this is what a new file has beside the hook, whatever its layout; a comment of the user makes it another. */
function isNew(text: string, { contract: { newSettings } }: Settings): boolean {
  return text.replace(/\s/g, "") === JSON.stringify(newSettings);
}

/** Lists of no hooks say nothing; taking the hook out leaves none. */
function withoutEmpty(settings: unknown): unknown {
  const { hooks, ...others } = settings as { readonly hooks?: object };
  const kept = Object.entries(hooks ?? {}).filter(([, entries]) => (entries as unknown[]).length !== 0);
  return kept.length === 0 ? others : { ...others, hooks: Object.fromEntries(kept) };
}
