/** What a user has at hand comes in as it is: files of Windows, packed files, files of a program that was stopped. */
import assert from "node:assert/strict";
import { zstdCompressSync } from "node:zlib";
import { onStage } from "../support/gait.ts";

const folder = new URL("../../testdata/import/", import.meta.url);
const sample = (path: string) => Deno.readFileSync(new URL(path, folder));
const text = (path: string) => Deno.readTextFileSync(new URL(path, folder));
const CAMEL = "camel-ai-0.2.90/memory.json";
const EVENTS = "llama-index-core-0.14.25/events.jsonl";

const utf16 = (content: string) => {
  const bytes = new Uint8Array(2 * content.length + 2);
  const view = new DataView(bytes.buffer);
  `\uFEFF${content}`.split("").forEach((unit, i) => view.setUint16(2 * i, unit.charCodeAt(0), true));
  return bytes;
};

interface Run {
  readonly format: string;
  readonly intents: number;
  readonly results: number;
}

Deno.test("a folder of files in every form comes in whole, and what was passed over is listed", () =>
  onStage(async ({ gait, write }) => {
    await write("logs/a.csv", sample("promptfoo-js-0.121.20/results.csv"));
    await write("logs/b.yaml", sample("promptfoo-js-0.121.20/results.yaml"));
    await write("logs/c.jsonl", utf16(text(EVENTS)));
    await write(
      "logs/d.jsonl.zst",
      new Uint8Array(zstdCompressSync(sample("pydantic-ai-slim-2.68.0/events.jsonl"))),
    );
    await write("logs/e.json", `[${text(CAMEL).trimEnd().split("\n").join(",\n")},`);
    await write("logs/f.jsonl", `${text("mcp-2.3.0/messages.jsonl")}{"jsonrpc":"2.0","me`);
    const { code, json } = await gait`run import logs --json`;
    assert.equal(code, 0, json.error);
    assert.deepEqual(json.runs.map(({ format, intents, results }: Run) => [format, intents, results]), [
      ["promptfoo", 3, 0],
      ["promptfoo", 3, 0],
      ["llama-index-events", 3, 3],
      ["pydantic-ai", 3, 3],
      ["camel", 3, 3],
      ["mcp", 3, 3],
    ]);
    const listed = json.skipped.map(({ position, reason }: Record<string, string>) =>
      `${position}: ${reason}`
    );
    assert.match(listed.join("\n"), /"logs\/e\.json".*the list in it has no end/);
    assert.match(listed.join("\n"), /"logs\/f\.jsonl".*cut off at the end of the log/);
  }));

Deno.test("a log whose last line is cut off within a call is refused with the next step, and nothing is written", () =>
  onStage(async ({ gait, write, files }) => {
    await write("log.jsonl", text(CAMEL).trimEnd().slice(0, -900));
    const { code, json } = await gait`run import log.jsonl --json`;
    assert.equal(code, 6);
    assert.match(json.error, /line \d+ is cut off, and what is left of it mentions a call/);
    assert.match(json.hint, /once its program has ended/);
    assert.deepEqual(await files(), ["log.jsonl"]);
  }));

Deno.test("a log in a folder whose last line is cut off within a call is refused, not left out with all its calls", () =>
  onStage(async ({ gait, write, files }) => {
    await write("logs/chat.json", sample("openai-3.57.0/chat_messages.json"));
    await write("logs/mcp.jsonl", `${text("mcp-2.3.0/messages.jsonl")}{"jsonrpc":"2.0","method":"tools/ca`);
    const { code, json } = await gait`run import logs --json`;
    assert.equal(code, 6);
    assert.match(json.error, /"logs\/mcp\.jsonl"/);
    assert.deepEqual(await files(), ["logs/chat.json", "logs/mcp.jsonl"]);
  }));

Deno.test("messages whose calls stand in roles of their own are refused, not taken for a talk", () =>
  onStage(async ({ gait, write }) => {
    const said = (role: string, content: string) => ({ role, content: [{ type: "text", text: content }] });
    await write(
      "log.json",
      JSON.stringify([
        said("user", "pay"),
        said("tool-call", "Calling tools: …"),
        said("tool-response", "paid"),
      ]),
    );
    const { code, json } = await gait`run import log.json --json`;
    assert.equal(code, 6);
    assert.match(json.error, /role "tool-call"/);
  }));
