import assert from "node:assert/strict";
import type { ExchangeAnswer } from "../../../effects/types.ts";
import { GaitError } from "../../../errors/mod.ts";
import { utf8 } from "../../../formats/bytes.ts";
import { httpLink } from "./http.ts";

/** The answer of a server that begins a stream and breaks off. */
function brokenStream(): ExchangeAnswer {
  return {
    status: 200,
    header: (name) => name === "content-type" ? "text/event-stream" : undefined,
    body: (async function* () {
      yield utf8('id: 1\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n');
    })(),
    drop: () => Promise.resolve(),
  };
}

const outlet = { send: () => Promise.resolve(), answer: () => Promise.resolve(), dropped: () => {} };

Deno.test("httpLink() answers whoever waits within a second when its server is gone in the middle of a stream", async () => {
  let waited = 0;
  const asked: string[] = [];
  const link = httpLink({
    url: "http://127.0.0.1:1/mcp",
    http: {
      exchange: ({ method }) => {
        asked.push(method);
        return asked.length === 1
          ? Promise.resolve(brokenStream())
          : Promise.reject(new GaitError("network_transient", "nobody listens"));
      },
    },
    authorization: undefined,
    after: (milliseconds, action) => {
      waited += milliseconds;
      queueMicrotask(action);
      return () => {};
    },
    notify: () => {},
  });
  const { promise: answered, resolve } = Promise.withResolvers<unknown>();
  void link.read((message) => {
    const read = JSON.parse(new TextDecoder().decode(message as Uint8Array));
    if (read.id !== undefined) resolve([read.id, read.error.code]);
    return Promise.resolve();
  });
  await link.upstream.send(utf8('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}'), {
    outlet,
    method: "tools/call",
    id: 7,
    stateless: false,
  });
  assert.deepEqual(await answered, [7, -32603]);
  assert.deepEqual(asked, ["POST", "GET"]);
  assert.ok(waited < 1_000);
  await link.stop();
});
