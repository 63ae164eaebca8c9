import { invalidInput } from "../../errors/mod.ts";
import { type JsonObject, readJsonObject } from "../../formats/json/mod.ts";
import { trimLower } from "../../formats/text.ts";
import { readToolCall, type ToolCall } from "../call.ts";
import { readAnthropic } from "./anthropic.ts";
import { readClaudeCode } from "./claude_code.ts";
import { readLangChain } from "./langchain.ts";
import { readOpenAi } from "./openai.ts";

/** A format of payloads. */
export interface Adapter {
  /** The name that was given, in lower case; an alias is not replaced. */
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

/** The names of all formats, as help shows them. */
export const ADAPTERS: readonly string[] = Object.keys(READERS);

/**
 * Find an adapter by its name as it was given; a blank one means `mcp` and stays blank.
 *
 * @throws {GaitError} `invalid_input` for an unknown name
 */
export function adapterOf(given: string): Adapter {
  const name = trimLower(given);
  const meant = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name || "mcp";
  if (!Object.hasOwn(READERS, meant)) {
    throw invalidInput(`Cannot use adapter "${given}": expected ${ADAPTERS.join(", ")}`, {
      hint: `Use one of: ${ADAPTERS.join(", ")}`,
    });
  }
  return { name, read: READERS[meant]! };
}

/** Payloads are read strictly: nothing that two readers could interpret differently, and no number is rounded. */
const PAYLOAD = { what: "call", duplicates: "refuse", numbers: "unchanged" } as const;

/**
 * Read a payload as one JSON object (docs/spec/mcp.md section 3).
 *
 * @param what it is called in errors
 * @throws {GaitError} `invalid_input`
 */
export function readPayload(bytes: Uint8Array | string, what = PAYLOAD.what as string): JsonObject {
  return readJsonObject(bytes, { ...PAYLOAD, what });
}
