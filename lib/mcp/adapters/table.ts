import { invalidInput } from "../../errors/mod.ts";
import { type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { trimLower } from "../../formats/text.ts";
import { readToolCall, type ToolCall } from "../call.ts";
import { readAnthropic } from "./anthropic.ts";
import { readClaudeCode } from "./claude_code.ts";
import { readLangChain } from "./langchain.ts";
import { readOpenAi } from "./openai.ts";

/** A format of payloads: what a call looks like when it arrives. */
export interface Adapter {
  /** As it was asked for, in lower case: an alias stays one. */
  readonly name: string;
  /**
   * Read a payload.
   *
   * @param at the path of the payload, for errors
   * @throws {GaitError} `invalid_input`, and nothing else, whatever the payload holds
   */
  readonly read: (payload: JsonObject, at: string) => ToolCall;
}

const READERS: Readonly<Record<string, Adapter["read"]>> = {
  mcp: readToolCall,
  openai: readOpenAi,
  anthropic: readAnthropic,
  langchain: readLangChain,
  claude_code: readClaudeCode,
};
const ALIASES: Readonly<Record<string, string>> = { "claude-code": "claude_code", claudecode: "claude_code" };

/** The formats that there are, by the names that help shows. */
export const ADAPTERS: readonly string[] = Object.keys(READERS);

/**
 * The adapter of a name; blank is `mcp`.
 *
 * @throws {GaitError} `invalid_input` for an unknown one
 */
export function adapterOf(given: string): Adapter {
  const name = trimLower(given) || "mcp";
  const meant = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name;
  if (!Object.hasOwn(READERS, meant)) {
    throw invalidInput(`Cannot use adapter "${given}": expected ${ADAPTERS.join(", ")}`, {
      hint: `Use one of: ${ADAPTERS.join(", ")}`,
    });
  }
  return { name, read: READERS[meant]! };
}

/** How payloads are read: nothing that two readers could understand differently, no number that would be rounded. */
const PAYLOAD = { what: "call", duplicates: "refuse", numbers: "unchanged" } as const;

/**
 * Read a payload as one JSON object (docs/spec/mcp.md section 3).
 *
 * @throws {GaitError} `invalid_input`
 */
export function readPayload(bytes: Uint8Array | string): JsonObject {
  return readJsonObject(bytes, PAYLOAD);
}
