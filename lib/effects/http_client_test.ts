import assert from "node:assert/strict";
import { makeHttp } from "./http_client.ts";

const http = makeHttp();
const LIMITS = { timeout: 20_000, limit: 1000 };

/** A server that answers with these bytes, whatever it is asked, and closes. */
async function answering(text: string | undefined, test: (url: string) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(4096));
      if (text !== undefined) await connection.write(new TextEncoder().encode(text));
      connection.close();
    }
  })();
  try {
    await test(`http://127.0.0.1:${listener.addr.port}/`);
  } finally {
    listener.close();
    await serve;
  }
}

Deno.test("get() gives status, place of a redirect and body, without following", async () => {
  await answering("HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 3\r\n\r\nabc", async (url) => {
    assert.deepEqual(await http.get({ url, ...LIMITS }), {
      status: 302,
      location: "/x",
      body: new Uint8Array(),
    });
  });
  await answering("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", async (url) => {
    assert.deepEqual((await http.get({ url, ...LIMITS })).body, new TextEncoder().encode("abc"));
    assert.equal((await http.get({ url, ...LIMITS, limit: 3 })).body.length, 3);
    await assert.rejects(http.get({ url, ...LIMITS, limit: 2 }), { code: "network_permanent" });
  });
});

Deno.test("get() distinguishes failures that may pass from those that won't", async () => {
  const short = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc";
  const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc";
  for (const text of [short, chunked]) {
    await answering(
      text,
      (url) => assert.rejects(http.get({ url, ...LIMITS }), { code: "network_transient" }),
    );
  }
  for (const text of [undefined, "no HTTP at all\r\n\r\n"]) {
    await answering(
      text,
      (url) => assert.rejects(http.get({ url, ...LIMITS }), { code: "network_permanent" }),
    );
  }
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  // It accepts and says nothing: only the deadline ends it.
  await assert.rejects(http.get({ url, ...LIMITS, timeout: 20 }), { code: "network_transient" });
  listener.close();
  await assert.rejects(http.get({ url, ...LIMITS }), { code: "network_transient" });
});

Deno.test("get() gives up a body that ends early", async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(3)) });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response(body));
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await assert.rejects(http.get({ url, ...LIMITS, timeout: 20 }), { code: "network_transient" });
  await server.shutdown();
});
