/** Hostile messages, answers and files of MCP. */
import { makeCatalog } from "../../lib/mcp/gateway/catalog/catalog.ts";
import { readMessage } from "../../lib/mcp/gateway/codec/message.ts";
import { MessageLines } from "../../lib/mcp/gateway/codec/message_lines.ts";
import { readMappings } from "../../lib/mcp/gateway/decision/mapping.ts";
import { readSessionLog } from "../../lib/mcp/gateway/evidence/records.ts";
import { readEvents } from "../../lib/mcp/gateway/upstream/event_reader.ts";
import { createTaintMemory } from "../../lib/mcp/taint/memory.ts";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";
import { json, named, type Readers, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

/** What a server may answer, so that finding it again in arguments takes long. */
const tainted: Record<string, (n: number) => unknown> = {
  "percent escapes": (n) => "%41%".repeat(n),
  "escaped backslashes": (n) => "\\\\".repeat(n) + "u0041",
  "character references": (n) => "&#".repeat(n) + "&#x".repeat(n) + "&amp".repeat(n),
  "base64 of base64": (n) => btoa(btoa("abc,".repeat(n))),
  "lines of base64": (n) => "QUJDREVGR0hJSktM\n".repeat(n),
  "hex in hex": (n) => "0x".repeat(n) + "3431".repeat(n) + "\\x41-".repeat(n),
  "at signs": (n) => "a@".repeat(n) + "@".repeat(n),
  "labels": (n) => "a.".repeat(n) + "bc",
  "schemes": (n) => "x://".repeat(n) + "a@".repeat(n),
  "colons": (n) => "1:".repeat(n),
  "starts of account numbers": (n) => "de89 ".repeat(n) + "gb82".repeat(n),
  "letters without width": (n) => "\u200b\ufdfa".repeat(n),
  "lists in lists": (n) => list(n, (i) => [[String(i)]]),
  "names": (n) => Object.fromEntries(list(n, (i) => [`eve${i}@evil.test`, 1])),
  "different words": (n) => list(n, (i) => `word${Math.imul(i, 2654435761) >>> 0}`).join(" "),
};

async function* inPieces(pieces: readonly Uint8Array[]) {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

export const MCP: Readers = {
  ...named("taint: ", tainted, (text) => {
    const memory = createTaintMemory();
    memory.remember({ kind: "external", ref: "r" }, text);
    memory.match({ text });
  }),
  "messages of MCP": {
    make: (n) =>
      json({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "t", arguments: Object.fromEntries(list(n, (i) => [`k${i}`, `"${i}\\`])) },
      }),
    read: (bytes) => readMessage(bytes),
  },
  "batches of MCP": {
    make: (n) => json(list(n, (i) => ({ jsonrpc: "2.0", id: i, method: "ping" }))),
    read: (bytes) => readMessage(bytes),
  },
  "keys of MCP that are open": {
    make: (n) => utf8('{"a":"'.repeat(n)),
    read: (bytes) => readMessage(bytes),
  },
  "events of MCP": {
    make: (n) => list(n, () => utf8("data: x")),
    read: (pieces: Uint8Array[]) => Array.fromAsync(readEvents(inPieces(pieces), 1 << 30)),
  },
  "events of MCP that are too large": {
    make: (n) => list(n, (i) => utf8(i === 0 ? "data: [" : `{"id":${i},"method":"x"},`)),
    read: (pieces: Uint8Array[]) => Array.fromAsync(readEvents(inPieces(pieces), 1)),
  },
  "lines of MCP that are too long": {
    make: (n) => json(list(n, (i) => ({ id: `${i}`, method: "x", params: { id: i } }))),
    read: (bytes) => [...new MessageLines(1).push(concat([bytes, utf8("\n")]))],
  },
  "logs of MCP sessions": {
    make: (n) =>
      utf8(
        `{"record":"session","session":"s","server":"s","created_at":"","part":1}\n` +
          list(n, (i) => `{"record":"end","call_id":"${i}","time":"","status":"ok","output_digest":""}\n`)
            .join(""),
      ),
    read: (bytes) => readSessionLog(bytes, what),
  },
  "mappings of MCP tools": {
    make: (n) => json({ tools: Object.fromEntries(list(n, (i) => [`t${i}`, { read_only_hint: true }])) }),
    read: (bytes) => readMappings("m.json", { read: () => Promise.resolve(bytes) }),
  },
  "lists of MCP tools": {
    make: (n) => list(n, (i) => ({ name: `t${i}` })),
    read: (tools: JsonObject[]) =>
      makeCatalog(() => Promise.resolve({ tools }), {
        kind: "tool",
        pins: undefined,
        now: () => 0,
        expires: false,
      }).find("t1"),
  },
};
