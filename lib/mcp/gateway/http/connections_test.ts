import assert from "node:assert/strict";
import type { Gateway } from "../gateway.ts";
import { RelayState } from "../relay/state.ts";
import type { Pending, RelayContext } from "../relay/types.ts";
import type { ServerLink } from "../upstream/link.ts";
import { Connections } from "./connections.ts";

const HALF_AN_HOUR = 30 * 60_000;

/** Connections to servers that run until they are stopped, with a clock that the test moves. */
function staged() {
  let now = 0;
  let drawn = 0;
  let timers: (() => void)[] = [];
  const running: { end(): void }[] = [];
  let closed = 0;
  const gateway = {
    newSession: (upstream: ServerLink["upstream"]) => ({
      state: new RelayState(
        { upstream, hooks: {}, session: "s", options: {}, after: () => () => {} } as unknown as RelayContext,
      ),
      log: { close: () => Promise.resolve(void closed++) },
    }),
  } as unknown as Gateway;
  const connections = new Connections(gateway, {
    start: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      running.push({ end: resolve });
      return Promise.resolve({
        upstream: { send: () => Promise.resolve() },
        read: () => promise,
        stop: () => Promise.resolve(resolve()),
        ended: promise.then(() => ({ code: 0, signal: undefined })),
      });
    },
    after: (_milliseconds, action) => {
      timers.push(action);
      return () => timers = timers.filter((timer) => timer !== action);
    },
    now: () => now,
    random: (length) => new Uint8Array(length).fill(++drawn),
    notify: () => {},
  });
  const pass = async (milliseconds: number) => {
    now += milliseconds;
    for (const action of timers.splice(0)) action();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { connections, running, pass, closed: () => closed };
}

Deno.test("Connections begins 64 sessions and no more, until one ends", async () => {
  const { connections, running } = staged();
  const sessions = await Promise.all(Array.from({ length: 65 }, () => connections.begin(undefined)));
  assert.equal(sessions.filter((session) => session !== undefined).length, 64);
  assert.equal(running.length, 64);
  const [first] = sessions;
  assert.equal(connections.session(first!.id), first);
  await connections.end(first!);
  assert.equal(connections.session(first!.id), undefined);
  assert.ok(await connections.begin(undefined));
  await connections.close();
});

Deno.test("Connections ends a session that nobody uses for half an hour, or whose server ended", async () => {
  const { connections, running, pass, closed } = staged();
  const unused = (await connections.begin(undefined))!;
  const used = (await connections.begin(undefined))!;
  const reader = used.general.read(0, new AbortController().signal);
  await reader.next();
  await pass(HALF_AN_HOUR - 1);
  assert.equal(connections.session(unused.id), unused);
  await pass(1);
  assert.deepEqual([connections.session(unused.id), connections.session(used.id)], [undefined, used]);
  running[1]!.end();
  await pass(0);
  assert.equal(connections.session(used.id), undefined);
  assert.equal(closed(), 2);
  await connections.close();
});

Deno.test("Connections shares one server until it ends or is idle, then begins another", async () => {
  const { connections, running, pass } = staged();
  const [first, second] = await Promise.all([connections.shared(), connections.shared()]);
  assert.equal(first, second);
  running[0]!.end();
  await pass(0);
  assert.notEqual(await connections.shared(), first);
  assert.equal(running.length, 2);
  await pass(HALF_AN_HOUR);
  await connections.shared();
  assert.equal(running.length, 3);
  await connections.close();
});

Deno.test("Connections begins another shared server while a client still has not read that the first one ended", async () => {
  const { connections, running, pass } = staged();
  const first = await connections.shared();
  const { promise: reads, resolve: read } = Promise.withResolvers<void>();
  first.state.requests.add(1, { id: 1, outlet: { answer: () => reads } } as unknown as Pending);
  running[0]!.end();
  await pass(0);
  assert.notEqual(await connections.shared(), first);
  read();
  await first.serverDone;
  await connections.close();
});

Deno.test("Connections forgets a session whose server can't be started", async () => {
  const { connections } = staged();
  const failing = new Connections(connections.gateway, {
    ...connections.options,
    start: () => Promise.reject(new Error("no")),
  });
  for (let i = 0; i < 65; i++) await assert.rejects(failing.begin(undefined), /no/);
  await assert.rejects(failing.shared(), /no/);
  await Promise.all([connections.close(), failing.close()]);
});
