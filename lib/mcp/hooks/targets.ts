import type { JsonObject } from "../../formats/json/mod.ts";
import { trim } from "../../formats/text.ts";
import { trimEndChars } from "../../formats/trim.ts";
import { argumentTargets } from "../argument_targets.ts";
import { own } from "../fields.ts";
import type { HookClient } from "./clients.ts";

/*
 * Targets that the adapter of Claude Code does not find (docs/spec/sdk.md 3.1). Lists of paths and hosts, and what a rule
 * says of destructive calls, apply to targets alone: what an agent does to a file that is no target is held to nothing.
 */

/** A tool call of an agent. */
export interface HookedCall {
  readonly client: HookClient;
  /** As the agent calls the tool, in lower case. */
  readonly given: string;
  /** As Claude Code calls what does the same work. */
  readonly tool: string;
  readonly input: JsonObject;
}

/**
 * The further targets of a call.
 *
 * @param found those that the adapter found
 */
export function furtherTargets(call: HookedCall, found: readonly JsonObject[]): JsonObject[] {
  const { tool, input } = call;
  return [
    // Of a tool that the adapter knows nothing about, one of an MCP server for example.
    ...found.length === 0 ? argumentTargets(input).map((one) => ({ ...one })) : [],
    ...patchTargets(tool, input),
    ...includedTargets(tool, input),
    ...deletedTargets(call, found),
    ...promptedTargets(call),
    ...patternTargets(call),
  ];
}

/**
 * A patch names its files in its own lines. Codex passes over blanks around such a line, so that one with blanks before
 * it must not hide a file; a line of the content that looks the same is a target too many.
 */
const PATCHED = /^\*\*\* (?:(Add|Update|Delete) File|Move to):([^\n]+)$/;

function patchTargets(tool: string, input: JsonObject): JsonObject[] {
  if (tool !== "Write") return [];
  // One after another, and each word of a command: it is unknown which of them the tool takes.
  const patches = ["command", "patch", "input"].flatMap((name) => own(input, name) ?? []);
  const lines = patches.flatMap((patch) => typeof patch === "string" ? patch.split("\n") : []);
  return lines.flatMap((line) => {
    // Blanks of Unicode too, of which JavaScript leaves the next line (U+0085) where it is.
    const [, action, path] = PATCHED.exec(trim(line.trim())) ?? [];
    if (path === undefined) return [];
    return [{ kind: "path", value: trim(path), operation: action === "Delete" ? "delete" : "write" }];
  });
}

/** Gemini CLI reads many files at once; a text of this name is a filter of a search. */
function includedTargets(tool: string, input: JsonObject): JsonObject[] {
  const included = own(input, "include");
  if (tool !== "Read" || !Array.isArray(included)) return [];
  return included.filter((value) => typeof value === "string").map((value) => ({
    kind: "path",
    value: trim(value),
    operation: "read",
  }));
}

/** Cursor deletes with a tool of its own, which rules about writing are about too: the file is lost all the same. */
function deletedTargets({ given, tool }: HookedCall, found: readonly JsonObject[]): JsonObject[] {
  if (given !== "delete" || tool !== "Write") return [];
  return found.map((target) => ({ ...target, operation: "delete" }));
}

/** Gemini CLI fetches the addresses that stand in a text; the punctuation of its sentences belongs to none. */
function promptedTargets({ client, given, input }: HookedCall): JsonObject[] {
  const prompt = own(input, "prompt");
  if (client !== "gemini-cli" || given !== "web_fetch" || typeof prompt !== "string") return [];
  const words = prompt.split(/[\s"'`<>()[\]{}|]+/).flatMap((word) => word.split(/(?=https?:)/i));
  const urls = words.filter((word) => /^https?:/i.test(word)).map((word) =>
    trimEndChars(word, isPunctuation)
  );
  return [...new Set(urls)].map((value) => ({ kind: "url", value, operation: "read" }));
}

function isPunctuation(unit: string): boolean {
  return ".,;:!?".includes(unit);
}

/** A pattern of names searches its own folder, wherever it begins. */
function patternTargets({ given, tool, input }: HookedCall): JsonObject[] {
  const pattern = own(input, "pattern") ?? own(input, "glob_pattern");
  if (given !== "glob" || (tool !== "Read" && tool.toLowerCase() !== "glob") || typeof pattern !== "string") {
    return [];
  }
  const value = trim(pattern);
  const leaves = /^(?:[/\\~$]|[A-Za-z]:)|(?:^|[/\\{,])\.\.(?:[/\\},]|$)/.test(value);
  return leaves ? [{ kind: "path", value, operation: "read" }] : [];
}
