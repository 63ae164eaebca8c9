import assert from "node:assert/strict";
import { invalidInput } from "../errors/mod.ts";
import { listen } from "./http_server.ts";
import type { HttpServer, ServerRequest } from "./types.ts";

const LIMITS = {
  host: "127.0.0.1",
  port: 0,
  headerTimeout: 5_000,
  requestTimeout: 30_000,
  idleTimeout: 60_000,
  maxConnections: 16,
  maxHeaderBytes: 65_536,
};

async function sizeOf({ body }: ServerRequest): Promise<number> {
  let size = 0;
  for await (const piece of body) size += piece.length;
  return size;
}

/** A server that does something with each request; an error becomes what the test waits for. */
async function serving(
  answer: (request: ServerRequest) => Promise<string>,
  test: (server: HttpServer, errors: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const errors = Promise.withResolvers<unknown>();
  const server = await listen(LIMITS, async (request) => {
    try {
      return { status: 200, headers: {}, body: await answer(request) };
    } catch (error) {
      errors.resolve(error);
      return { status: 400, headers: {}, body: "", close: true };
    }
  });
  try {
    await test(server, errors.promise);
  } finally {
    await server.close(1_000);
  }
}

const signals = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "listen() gives bodies whole, large and empty ones too, again and again on one connection",
  ...signals,
  fn: () =>
    serving(async (request) => String(await sizeOf(request)), async ({ port }) => {
      for (const size of [0, 1, 70_000, 3_000_000, 0, 5]) {
        const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "x".repeat(size) });
        assert.equal(await response.text(), String(size));
      }
    }),
});

/** What a server answers to a text, to the end of the connection. */
async function answerTo(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return await new Response(connection.readable).text();
}

Deno.test({
  name: "listen() answers no request whose body has another coding than chunks, or chunks in HTTP/1.0",
  ...signals,
  fn: () =>
    serving(async (request) => `read ${await sizeOf(request)}`, async ({ port }) => {
      const post = (version: string, coding: string) =>
        `POST / HTTP/${version}\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: ${coding}\r\n\r\n2\r\n{}\r\n0\r\n\r\n`;
      assert.match(await answerTo(port, post("1.1", "Chunked")), /^HTTP\/1\.1 200 [^]*read 2$/);
      for (
        const [version, coding] of [["1.1", "gzip, chunked"], ["1.1", "chunked, chunked"], ["1.0", "chunked"]]
      ) {
        const answer = await answerTo(port, post(version!, coding!));
        assert.match(answer, /^HTTP\/1\.1 400 /, `${version} ${coding}`);
        assert.doesNotMatch(answer, /read/);
      }
    }),
});

Deno.test({
  name: "listen() answers a request once whose body it can't find",
  ...signals,
  fn: () =>
    serving((request) => sizeOf(request).then(String), async ({ port }) => {
      const request = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n";
      assert.equal((await answerTo(port, request)).match(/HTTP\/1\.1 /g)?.length, 1);
    }),
});

Deno.test({
  name: "listen() drops no header, however many stand in front of it",
  ...signals,
  fn: () =>
    serving(
      ({ headers }) => Promise.resolve(`hosts ${headers.filter(([name]) => name === "host").length}`),
      async ({ port }) => {
        for (const count of [0, 999, 2_000, 10_000]) {
          const request = `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${
            "X:a\r\n".repeat(count)
          }Host: y\r\n\r\n`;
          assert.match(await answerTo(port, request), /^HTTP\/1\.1 200 [^]*hosts 2$/, String(count));
        }
      },
    ),
});

Deno.test({
  name: "listen() gives no body for a whole one that its client cut short",
  ...signals,
  fn: () =>
    serving(async (request) => String(await sizeOf(request)), async ({ port }, errors) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(
        new TextEncoder().encode("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"),
      );
      connection.close();
      assert.equal((await errors as { code: string }).code, invalidInput("").code);
    }),
});

Deno.test({
  name: "listen() reports a client that disconnected before the body was read",
  ...signals,
  fn: async () => {
    const arrived = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    await serving(async (request) => {
      arrived.resolve();
      await read.promise;
      return String(await sizeOf(request));
    }, async ({ port }, errors) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(
        new TextEncoder().encode("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"),
      );
      await arrived.promise;
      connection.close();
      // Gives the server the time to notice it.
      const other = await Deno.connect({ hostname: "127.0.0.1", port });
      other.close();
      for (let turn = 0; turn < 20; turn++) await new Promise((done) => setTimeout(done));
      read.resolve();
      assert.equal((await errors as { code: string }).code, invalidInput("").code);
    });
  },
});

Deno.test({
  name:
    "listen() lets its caller answer what is refused once its target is known, in the order of the requests",
  ...signals,
  fn: async () => {
    const asked: unknown[] = [];
    const server = await listen({
      ...LIMITS,
      headerTimeout: 100,
      requestTimeout: 200,
      idleTimeout: 1_500,
      refused: ({ method, target }, refusal) => {
        asked.push([method, target, refusal.status]);
        return target.startsWith("/known")
          ? { status: 200, headers: { x: "y" }, body: "refused" }
          : undefined;
      },
    }, async (request) => {
      if (request.target.endsWith("hang")) await new Promise(() => {});
      await sizeOf(request).catch(() => {});
      return { status: 200, headers: {}, body: "answered" };
    });
    const raw = async (text: string) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      await connection.write(new TextEncoder().encode(text));
      const answer = await new Response(connection.readable).text();
      return answer === "" ? [] : [Number(answer.slice(9, 12)), answer.slice(answer.indexOf("\r\n\r\n") + 4)];
    };
    const post = (target: string, more: string) => `POST ${target} HTTP/1.1\r\nHost: x\r\n${more}`;
    try {
      const late = "Content-Length: 9\r\n\r\nhalf";
      const chunk = "Transfer-Encoding: chunked\r\n\r\nzz\r\n";
      const silent = "Content-Length: 0\r\n\r\n";
      assert.deepEqual(await raw(post("/known", late)), [200, "refused"]);
      assert.deepEqual(await raw(post("/other", late)), [408, "408 Request Timeout\n"]);
      assert.deepEqual(await raw(post("/known", chunk)), [200, "refused"]);
      assert.deepEqual(await raw(post("/other", chunk)), [400, "400 Bad Request\n"]);
      assert.deepEqual(await raw(post("/known/hang", silent)), [200, "refused"]);
      // A connection stays open behind an answer, until it was silent for long.
      assert.deepEqual(await raw(post("/other", silent)), [200, "answered"]);
      // A silent connection without such an answer is closed without any.
      assert.deepEqual(await raw(post("/other/hang", silent)), []);
      // What is answered first is the first request.
      assert.deepEqual(await raw(post("/other/hang", silent) + post("/known", chunk)), [
        400,
        "400 Bad Request\n",
      ]);
      assert.deepEqual(await raw(post("/known/hang", silent) + "nonsense\r\n\r\n"), [200, "refused"]);
      const count = asked.length;
      // Nobody knows what it is for.
      assert.deepEqual(await raw("POST /known HTTP/1.1\r\nHost"), [408, "408 Request Timeout\n"]);
      assert.deepEqual(
        await raw(post("/known", `X: ${"x".repeat(LIMITS.maxHeaderBytes)}\r\n\r\n`)),
        [431, "431 Request Header Fields Too Large\n"],
      );
      assert.equal(asked.length, count);
    } finally {
      await server.close(100);
    }
  },
});
