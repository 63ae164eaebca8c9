import { isJsonObject, type JsonObject } from "../formats/json/mod.ts";
import type { Rfc3339 } from "../formats/time.ts";
import type { JobEvent } from "../schema/job.ts";
import { isShallow, isWrittenTime, parsed, PLAIN, PLAIN_NOT_EMPTY } from "./written_text.ts";

/*
 * Lines of a log as Gait writes them. Before a job goes on, every line of its log is read and checked; by one pattern,
 * that takes a fraction of the time that reading any JSON takes.
 */

/** The members before the payload. */
// deno-lint-ignore gait/linear-regex -- sticky; each repetition has a limit and ends where its characters do
const HEAD = new RegExp(
  [
    String.raw`\{"schema_id":${PLAIN}`,
    `"schema_version":${PLAIN}`,
    `"created_at":${PLAIN}`,
    `"job_id":${PLAIN}`,
    `"revision":(0|[1-9][0-9]{0,14})`,
    `"type":${PLAIN}`,
  ].join(",") + `(?:,"actor":${PLAIN_NOT_EMPTY})?(?:,"reason_code":${PLAIN_NOT_EMPTY})?`,
  "y",
);

const PAYLOAD = ',"payload":';

/** The members behind the payload, and their length, which is always the same. */
const LINKS = /,"prev_digest":"([0-9a-f]{64})","state_digest":"([0-9a-f]{64})"\}$/y;
const LINKS_LENGTH = ',"prev_digest":"","state_digest":""}'.length + 2 * 64;

/** Levels within a payload; a token of an approval has two. */
const DEPTH = 8;

/**
 * Read an event that is spelled as Gait writes it, without escapes; `undefined` for any other line, which the caller
 * then reads strictly.
 */
export function readWrittenEvent(line: string): JobEvent | undefined {
  HEAD.lastIndex = 0;
  const head = HEAD.exec(line);
  if (head === null || !isWrittenTime(head[3]!)) return undefined;
  LINKS.lastIndex = Math.max(0, line.length - LINKS_LENGTH);
  const links = LINKS.exec(line);
  const end = links?.index ?? line.length - 1;
  const payload = payloadOf(line, head[0].length, end);
  if (payload === undefined || line[line.length - 1] !== "}") return undefined;
  return {
    schema_id: head[1]!,
    schema_version: head[2]!,
    created_at: head[3] as Rfc3339,
    job_id: head[4]!,
    revision: Number(head[5]),
    type: head[6]!,
    actor: head[7] ?? "",
    reason_code: head[8] ?? "",
    ...(payload !== "none" && { payload }),
    ...(links !== null && { prev_digest: links[1]!, state_digest: links[2]! }),
  };
}

/** `undefined` when something else stands there. */
function payloadOf(line: string, start: number, end: number): JsonObject | "none" | undefined {
  if (start === end) return "none";
  if (!line.startsWith(PAYLOAD, start)) return undefined;
  const text = line.slice(start + PAYLOAD.length, end);
  if (text.includes("\\")) return undefined;
  const value = parsed(text);
  // Equal to its encoded form: so no key comes twice, and no number has another spelling.
  const isWritten = isJsonObject(value) && isShallow(value, DEPTH) && JSON.stringify(value) === text;
  return isWritten ? value : undefined;
}
