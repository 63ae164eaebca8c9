import assert from "node:assert/strict";
import { utf8 } from "../../../formats/bytes.ts";
import { EventStream, readEventId } from "./event_stream.ts";

const never = () => () => {};
const open = () => new AbortController().signal;

/** The events that a reader gets before the stream ends. */
async function all(stream: EventStream, behind: number): Promise<string[]> {
  const parts = await Array.fromAsync(stream.read(behind, open()));
  return parts.filter((part) => part.startsWith("id:")).map((part) => /data: (.*)/.exec(part)![1]!);
}

Deno.test("EventStream gives every event in order, and reads on behind the last one", async () => {
  const stream = new EventStream("s", never);
  for (const text of ["1", "2", '{\n"a":1}']) await stream.send(utf8(text));
  stream.end();
  assert.deepEqual(await all(stream, 0), ["1", "2", '{ "a":1}']);
  assert.deepEqual(await all(stream, 2), ['{ "a":1}']);
  assert.deepEqual(await all(stream, 9), []);
});

Deno.test("EventStream keeps so much for a client that lost it, and the last event in any case", async () => {
  const stream = new EventStream("s", never);
  for (let i = 0; i < 40; i++) await stream.send(utf8(String(i).padEnd(100_000, "x")));
  stream.end();
  const kept = await all(stream, 0);
  assert.ok(kept.length < 15 && kept.at(-1)!.startsWith("39"));
  const large = new EventStream("l", never);
  await large.send(utf8("x".repeat(5_000_000)));
  large.end();
  assert.equal((await all(large, 0)).length, 1);
});

Deno.test("EventStream keeps a bounded amount for a reader that never comes", async () => {
  const stream = new EventStream("s", never, true);
  for (let i = 0; i < 40; i++) await stream.send(utf8(String(i).padEnd(1_000_000, "x")));
  stream.end();
  const kept = await all(stream, 0);
  assert.ok(kept.length > 10 && kept.length < 20, String(kept.length));
  assert.ok(kept.at(-1)!.startsWith("39"));
});

Deno.test("EventStream drops nothing that its reader did not get, and holds up who sends faster", async () => {
  const stream = new EventStream("s", never, true);
  // Before the reader is there.
  for (const text of ["a", "b"]) await stream.send(utf8(text.repeat(3_000_000)));
  const reader = stream.read(0, open());
  await reader.next();
  let sent = false;
  const sending = stream.send(utf8("c".repeat(3_000_000))).then(() => sent = true);
  await Promise.resolve();
  assert.equal(sent, false);
  const got: string[] = [];
  for (let i = 0; i < 3; i++) got.push(/data: (.)/.exec((await reader.next()).value!)![1]!);
  assert.deepEqual(got, ["a", "b", "c"]);
  const ended = reader.return(undefined);
  await sending;
  await ended;
});

Deno.test("EventStream has one reader: a new one ends the one before", async () => {
  const stream = new EventStream("s", never);
  const first = stream.read(0, open());
  await first.next();
  const waiting = first.next();
  const second = stream.read(0, open());
  await second.next();
  assert.equal((await waiting).done, true);
  assert.equal(stream.isRead, true);
  await stream.send(utf8("1"));
  assert.match((await second.next()).value!, /data: 1/);
  await second.return(undefined);
  assert.equal(stream.isRead, false);
});

Deno.test("EventStream says that it is alive, and ends with its connection", async () => {
  const timers: (() => void)[] = [];
  const stream = new EventStream("s", (_after, action) => (timers.push(action), () => {}));
  const connection = new AbortController();
  const reader = stream.read(0, connection.signal);
  await reader.next();
  const silent = reader.next();
  timers.pop()!();
  assert.equal((await silent).value, ":\n\n");
  const ended = reader.next();
  connection.abort();
  assert.equal((await ended).done, true);
});

Deno.test("readEventId() reads only ids that a stream gives", () => {
  assert.deepEqual(readEventId("1z_42"), { stream: "1z", number: 42 });
  for (const id of ["", "_1", "a_", "a_-1", "a_1_2", "A_1", `a_${"9".repeat(16)}`]) {
    assert.equal(readEventId(id), undefined);
  }
});
