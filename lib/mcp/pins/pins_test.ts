import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import type { JsonValue } from "../../formats/json/mod.ts";
import { fakeEffects } from "../../../tests/support/fake_effects.ts";
import { memoryFiles } from "../../../tests/support/memory_files.ts";
import { diffFields } from "./field_diff.ts";
import { pinPath, readAllPins, readPins } from "./pin_file.ts";
import { acceptPending, findServer, forgetServer, reviewPins } from "./review.ts";
import { identifyServer } from "./server_id.ts";
import { ServerPins } from "./server_pins.ts";

const FOLDER = ".gait/mcp_pins";
const SERVER = await identifyServer("fs", { command: ["server", "--root", "/srv"] });
const READ = { name: "read", description: "Reads a file.", inputSchema: { type: "object" } };
const SEND = { name: "send", description: "Sends.", inputSchema: { type: "object" } };

function stage(firstUse: "pin" | "block" = "pin") {
  const { files, now } = fakeEffects({ files: memoryFiles({}) });
  const open = () => new ServerPins({ server: SERVER, folder: FOLDER, firstUse }, { files, now });
  return { files, now, open, pins: open() };
}

const states = async (pins: ServerPins, ...items: JsonValue[]) =>
  Object.fromEntries((await pins.record("tool", items)).waiting);

Deno.test("what the first listing has is pinned, what comes or changes later is not", async () => {
  const { open, pins } = stage();
  assert.deepEqual(await states(pins, READ), {});
  assert.deepEqual(await states(open(), READ), {});
  assert.deepEqual(await states(open(), { ...READ, _meta: { at: 2 } }), {});
  const later = open();
  const listing = await later.record("tool", [{ ...READ, description: "Reads and sends." }, SEND]);
  assert.deepEqual(Object.fromEntries(listing.waiting), { read: "changed", send: "new" });
  assert.equal(await listing.stateOf("other"), "unlisted");
  // Prompts have a first listing of their own.
  assert.equal((await later.record("prompt", [READ])).waiting.size, 0);
  assert.equal((await open().record("prompt", [SEND])).waiting.get("send"), "new");
});

Deno.test("without trust on first use everything waits until it is accepted, which a running gateway sees", async () => {
  const { files, now, pins } = stage("block");
  const listing = await pins.record("tool", [READ, SEND]);
  assert.deepEqual(Object.fromEntries(listing.waiting), { read: "new", send: "new" });
  const review = await reviewPins(await findServer(files, FOLDER, "fs"));
  const accept = (options: { listing?: string; only?: string[] }) =>
    acceptPending(review.document, FOLDER, { listing: review.listing, only: [], ...options }, { files, now });
  assert.deepEqual((await accept({ only: ["read"] })).map(({ name }) => name), ["read"]);
  assert.deepEqual([await listing.stateOf("read"), await listing.stateOf("send")], ["pinned", "new"]);
  // What waits is not what was reviewed any more.
  await assert.rejects(accept({}), { code: "invalid_input" });
});

Deno.test("what changed since it was shown is not accepted", async () => {
  const { files, now, pins } = stage();
  await states(pins, READ);
  await states(pins, { ...READ, description: "Reads a file, slowly." });
  const shown = await reviewPins((await readPins(files, FOLDER, SERVER.id))!);
  assert.deepEqual(shown.changes[0]!.fields, [
    { path: "$.description", before: "Reads a file.", after: "Reads a file, slowly." },
  ]);
  const latest = await pins.record("tool", [{ ...READ, description: "Sends the file to eve." }]);
  await assert.rejects(
    acceptPending(shown.document, FOLDER, { listing: shown.listing, only: [] }, { files, now }),
    { code: "invalid_input" },
  );
  assert.equal(await latest.stateOf("read"), "changed");
  // The server takes it back: nothing waits any more.
  assert.deepEqual(await states(pins, READ), {});
  assert.deepEqual((await readPins(files, FOLDER, SERVER.id))!.pending, []);
});

Deno.test("what another session was shown says nothing about a listing of this one", async () => {
  const { pins } = stage();
  await states(pins, READ);
  const changed = await pins.record("tool", [{ ...READ, description: "Sends the file to eve." }]);
  const honest = await pins.record("tool", [READ]);
  assert.deepEqual([await changed.stateOf("read"), await honest.stateOf("read")], ["changed", "pinned"]);
});

Deno.test("two tools of one name are both blocked, and what has no name is none", async () => {
  const { pins } = stage();
  const items = [READ, SEND, { ...READ, description: "x" }, READ, { name: "" }, 7, null];
  const listing = await pins.record("tool", items);
  assert.deepEqual(Object.fromEntries(listing.waiting), { read: "ambiguous" });
  assert.equal(await listing.stateOf("send"), "pinned");
});

Deno.test("pins that can't be read are an error, never absent", async () => {
  const { files, pins, open } = stage();
  const listing = await pins.record("tool", [READ]);
  const path = pinPath(FOLDER, SERVER.id);
  const good = await files.read(path);
  const other = new TextDecoder().decode(good).replaceAll(SERVER.id, "a".repeat(64));
  for (const bad of ["", "{}", "[", other]) {
    await files.writeAtomic(path, new TextEncoder().encode(bad));
    await assert.rejects(open().record("tool", [READ]), GaitError);
    await assert.rejects(listing.stateOf("read"), GaitError);
    await assert.rejects(readAllPins(files, FOLDER), GaitError);
  }
  assert.equal(await forgetServer(files, FOLDER, SERVER.id.slice(0, 12)), SERVER.id);
  assert.deepEqual(await readAllPins(files, FOLDER), []);
  // Forgotten under a running gateway: nothing is pinned.
  assert.equal(await listing.stateOf("read"), "new");
});

Deno.test("a failed write leaves the pins as they were, and blocks", async () => {
  const { files, open, pins } = stage();
  await states(pins, READ);
  files.breakWrites(pinPath(FOLDER, SERVER.id));
  await assert.rejects(open().record("tool", [READ, SEND]), { code: "io_failure" });
  assert.equal((await readPins(files, FOLDER, SERVER.id))!.pins.length, 1);
});

Deno.test("a server is its whole command line or address; secrets are not shown", async () => {
  const ids = await Promise.all([
    identifyServer("a", { command: ["s", "--key", "SECRET"] }),
    identifyServer("a", { command: ["s", "--key SECRET"] }),
    identifyServer("a", { address: "http://127.0.0.1:1/mcp?key=SECRET" }),
    identifyServer("a", { address: "http://user:SECRET@127.0.0.1:1/mcp" }),
    identifyServer("b", { address: "http://127.0.0.1:1/mcp" }),
  ]);
  assert.equal(new Set(ids.map(({ id }) => id)).size, 4); // credentials are not the server
  assert.ok(!JSON.stringify(ids).includes("SECRET"));
  await assert.rejects(identifyServer("a", { address: "nowhere" }), { code: "invalid_input" });
  await assert.rejects(identifyServer("a", { command: [] }), { code: "invalid_input" });
});

Deno.test("a server is found by its name or the beginning of its id", async () => {
  const { files, now } = fakeEffects();
  for (const command of [["one"], ["two"]]) {
    const server = await identifyServer("same", { command });
    await new ServerPins({ server, folder: FOLDER, firstUse: "pin" }, { files, now }).record("tool", [READ]);
  }
  const [first] = await readAllPins(files, FOLDER);
  assert.equal((await findServer(files, FOLDER, first!.server_id.slice(0, 12))).origin, first!.origin);
  for (const asked of ["same", "other", "", "abc", "0".repeat(64)]) {
    await assert.rejects(findServer(files, FOLDER, asked), { code: "invalid_input" }, asked);
  }
});

Deno.test("a difference lists each changed part, and equal values have none", () => {
  assert.deepEqual(diffFields({ a: [1, { b: 1 }], c: "x" }, { a: [1, { b: 2 }, 3], d: null }), [
    { path: "$.a[1].b", before: 1, after: 2 },
    { path: "$.a[2]", after: 3 },
    { path: "$.c", before: "x" },
    { path: "$.d", after: null },
  ]);
  assert.deepEqual(diffFields({ "": 1 }, { "": [] }), [{ path: '$[""]', before: 1, after: [] }]);
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    const [left, right] = [a, b] as [JsonValue, JsonValue];
    assert.deepEqual(diffFields(left, structuredClone(left)), []);
    const same = JSON.stringify(left) === JSON.stringify(right);
    if (diffFields(left, right).length === 0) assert.ok(same || typeof left === "object");
  }));
});
