/** All hostile inputs: each is in the file of what is read, and these are joined here. */
import { CONFIGURATION } from "./hostile_configuration.ts";
import { CONVERSATIONS } from "./hostile_conversations.ts";
import { EVIDENCE } from "./hostile_evidence.ts";
import { INTENTS } from "./hostile_intents.ts";
import { JOBS } from "./hostile_jobs.ts";
import { JSON_INPUTS } from "./hostile_json.ts";
import { MCP } from "./hostile_mcp.ts";
import { PACKS } from "./hostile_packs.ts";
import { POLICIES } from "./hostile_policies.ts";
import { REGRESSIONS } from "./hostile_regressions.ts";
import { RUNPACKS } from "./hostile_runpacks.ts";
import { SOURCES } from "./hostile_sources.ts";
import { TEXTS } from "./hostile_texts.ts";
import { TOKENS } from "./hostile_tokens.ts";
import { VOICE } from "./hostile_voice.ts";
import type { Readers } from "./hostile_reader.ts";

/** What is read to its end and then refused, by parts of names. */
const REFUSED = [
  "of many digits",
  "of zeros",
  "brackets",
  "that is not JSON",
  "bad UTF-8",
  "that are none",
  "key text",
  "marks before a block header",
  "a long text",
  "a long number",
  "many keys",
  "answers of a broker",
  "nothing fails",
  "traces",
  "defaults",
];

/** Whether an input may be refused; every other one must be read to its end. */
export function isRefused(name: string): boolean {
  return REFUSED.some((part) => name.includes(part));
}

/** A name that is in two files would hide one of its inputs. */
function joined(...files: readonly Readers[]): Readers {
  const all = files.flatMap((readers) => Object.entries(readers));
  for (const [name, { length }] of Map.groupBy(all, ([name]) => name)) {
    if (length > 1) throw new Error(`Two hostile inputs are named "${name}"`);
  }
  return Object.fromEntries(all);
}

/** Every reader of the program, with the input that would make a careless one slow. */
export const READERS: Readers = joined(
  JSON_INPUTS,
  TEXTS,
  SOURCES,
  POLICIES,
  INTENTS,
  TOKENS,
  MCP,
  RUNPACKS,
  PACKS,
  VOICE,
  CONVERSATIONS,
  JOBS,
  REGRESSIONS,
  EVIDENCE,
  CONFIGURATION,
);
