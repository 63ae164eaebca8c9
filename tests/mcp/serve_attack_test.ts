/** What a web page, a hostile client or a clumsy one may send to `gait mcp serve` (docs/spec/mcp.md sections 6 and 8). */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { type RunningServer, withServer } from "../support/server.ts";

const CONTEXT = { identity: "agent", workspace: "/srv", risk_class: "low" };
const CALL = { call: { name: "tool.look", context: CONTEXT } };

function onServer(
  test: (server: RunningServer, stage: Stage) => Promise<void>,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<void> {
  return onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    const command = ["mcp", "serve", "--policy", "policy.yaml", ...args];
    await withServer(stage, command, (server) => test(server, stage), env);
  });
}

/** A request whose head is given line by line; the connection is closed behind it. */
function request(head: readonly string[], body = JSON.stringify(CALL)): string {
  const lines = [...head, `Content-Length: ${new TextEncoder().encode(body).length}`, "Connection: close"];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

const POST = "POST /v1/evaluate HTTP/1.1";
const statusOf = (answer: string) => Number(answer.split(" ")[1]);
const traces = async (stage: Stage) => (await stage.files()).filter((name) => name.includes("trace_"));

Deno.test("a web page is refused, whatever it calls itself, and nothing is decided", () =>
  onServer(async (server, stage) => {
    const own = `Host: 127.0.0.1:${server.port}`;
    const refused = [
      [own, "Origin: https://evil.test"],
      [own, "Origin: null"],
      [own, "Origin: http://127.0.0.1:1"],
      [own, `Origin: https://127.0.0.1:${server.port}`],
      [own, `Origin: http://127.0.0.1:${server.port}`, "Origin: https://evil.test"],
      [own, "Sec-Fetch-Site: cross-site"],
      [own, "Sec-Fetch-Site: same-site"],
      ["Host: evil.test"],
      ["Host: 127.0.0.1.evil.test"],
      ["Host: localhost.evil.test"],
      ["Host: 10.0.0.1"],
    ];
    for (const head of refused) {
      assert.equal(statusOf(await server.raw(request([POST, ...head]))), 403, head.join());
    }
    const malformed = [[], [own, own], ["Host: a b"], ["Host: a/b"], ["Host:"], ["Host: user@127.0.0.1"]];
    for (const head of malformed) {
      assert.equal(statusOf(await server.raw(request([POST, ...head]))), 400, head.join());
    }
    assert.deepEqual(await traces(stage), []);
    for (
      const head of [[own, `Origin: http://127.0.0.1:${server.port}`], [own, "Sec-Fetch-Site: none"], [
        "Host: localhost",
      ], ["Host: [::1]:1"]]
    ) {
      assert.equal(statusOf(await server.raw(request([POST, ...head]))), 200, head.join());
    }
  }));

Deno.test("paths that are not clean lead to the clean one, and an escaped slash separates nothing", () =>
  onServer(async (server) => {
    const get = (path: string) => server.raw(request([`GET ${path} HTTP/1.1`, "Host: localhost"], ""));
    for (const path of ["//healthz", "/./healthz", "/x/../healthz", "/%2e%2e/healthz", "/x/%2E%2E/healthz"]) {
      const answer = await get(path);
      assert.equal(statusOf(answer), 307, path);
      assert.match(answer, /^location: \/healthz\r$/im);
    }
    assert.match(await get("//evil.test/x?y=1"), /^location: \/evil\.test\/x\?y=1\r$/im);
    for (const path of ["/v1%2Fevaluate", "/healthz/", "/HEALTHZ", "/nope"]) {
      assert.equal(statusOf(await get(path)), 404);
    }
    for (const path of ["/%zz", "http://evil.test/healthz", "*"]) {
      assert.equal(statusOf(await get(path)), 400, path);
    }
    assert.equal(statusOf(await get("/health%7A?x=1")), 200);
  }));

Deno.test("expectations, lengths and chunks that lie are refused", () =>
  onServer(async (server, stage) => {
    const head = `${POST}\r\nHost: localhost\r\nConnection: close\r\n`;
    const body = JSON.stringify(CALL);
    const chunked = `${head}Transfer-Encoding: chunked\r\n`;
    const sized = `${head}Content-Length: ${body.length}\r\n`;
    assert.equal(statusOf(await server.raw(`${sized}Expect: magic\r\n\r\n${body}`)), 417);
    assert.equal(statusOf(await server.raw(`${sized}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)), 400);
    assert.equal(statusOf(await server.raw(`${chunked}\r\nzz\r\n${body}\r\n0\r\n\r\n`)), 400);
    assert.equal(statusOf(await server.raw(`${chunked}\r\n-1\r\n${body}\r\n0\r\n\r\n`)), 400);
    assert.equal(
      statusOf(await server.raw(`${head}Content-Length: 1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)),
      400,
    );
    assert.deepEqual(await traces(stage), []);
    const size = body.length.toString(16);
    assert.equal(statusOf(await server.raw(`${chunked}\r\n${size}\r\n${body}\r\n0\r\n\r\n`)), 200);
    assert.match(
      await server.raw(`${sized}Expect: 100-continue\r\n\r\n${body}`),
      /^HTTP\/1.1 100 [^]*HTTP\/1.1 200 /,
    );
  }));

Deno.test("a body is as large as its bytes are, also when they are blanks or come in chunks", () =>
  onServer(async (server, stage) => {
    const body = JSON.stringify(CALL);
    const wide = body + " ".repeat(300);
    assert.equal((await server.post("/v1/evaluate", wide)).status, 413);
    const chunks = [...wide].map((char) => `1\r\n${char}\r\n`).join("");
    const head = `${POST}\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`;
    assert.equal(statusOf(await server.raw(`${head}${chunks}0\r\n\r\n`)), 413);
    assert.equal((await server.post("/v1/evaluate", "x".repeat(3_000_000))).status, 413);
    assert.deepEqual(await traces(stage), []);
    assert.equal((await server.post("/v1/evaluate", body)).status, 200);
  }, ["--max-request-bytes", "256"]));

Deno.test("media types are read whole", () =>
  onServer(async (server) => {
    const types: [string, number][] = [
      ["application/json", 200],
      ["Application/JSON; charset=utf-8", 200],
      ['application/json; x="a;b\\"c"', 200],
      ["text/plain", 415],
      ["application/jsonx", 415],
      ["application/json;; x=1", 415],
      ["application/json; =1", 415],
      ["application/json; x=1; X=2", 415],
      ["application/json/x", 415],
      ["application/json, text/plain", 415],
    ];
    for (const [type, status] of types) {
      assert.equal(
        statusOf(await server.raw(request([POST, "Host: localhost", `Content-Type: ${type}`]))),
        status,
        type,
      );
    }
    assert.equal(statusOf(await server.raw(request([POST, "Host: localhost"]))), 200);
  }));

Deno.test("only the token opens, whole and as it is", () =>
  onServer(
    async (server, stage) => {
      for (
        const given of [
          "",
          "Bearer",
          "Bearer ",
          "Bearer s3cre",
          "Bearer s3crett",
          "bearer s3cret",
          "Basic s3cret",
        ]
      ) {
        const { status } = await server.post(
          "/v1/evaluate",
          CALL,
          given === "" ? {} : { authorization: given },
        );
        assert.equal(status, 401, given);
      }
      assert.deepEqual(await traces(stage), []);
      assert.equal((await server.post("/v1/evaluate", CALL, { authorization: "Bearer s3cret" })).status, 200);
      assert.equal((await fetch(`${server.url}/healthz`).then((answer) => answer.json())).ok, true);
    },
    ["--auth-mode", "token", "--auth-token-env", "TOKEN"],
    { TOKEN: " s3cret\n" },
  ));

Deno.test("a token says who calls; what the call says about that does not count", () =>
  onServer(
    async (server, stage) => {
      await stage.write(
        "policy.yaml",
        "default_verdict: block\nrules: [{name: a, effect: allow, match: {identities: [alice]}}]\n",
      );
      const verdictOf = async (token: string, identity?: string) => {
        const call = { name: "tool.look", context: { ...CONTEXT, identity } };
        const headers = { authorization: `Bearer ${token}` };
        const { json } = await server.post("/v1/evaluate", { call }, headers);
        const trace = JSON.parse(await stage.read(json.trace_path));
        return [json.verdict, trace.relationship.agent_chain[0].identity];
      };
      assert.deepEqual(await verdictOf("token-of-alice", "mallory"), ["allow", "alice"]);
      assert.deepEqual(await verdictOf("token-of-alice"), ["allow", "alice"]);
      assert.deepEqual(await verdictOf("token-of-bob", "alice"), ["block", "bob"]);
      assert.deepEqual(await verdictOf("token-of-all", "alice"), ["allow", "alice"]);
      assert.equal((await server.post("/v1/evaluate", CALL, { authorization: "Bearer other" })).status, 401);
    },
    ["--auth-mode", "token", "--auth-token-env", "alice=ALICE,bob=BOB,ALL"],
    { ALICE: "token-of-alice", BOB: "token-of-bob", ALL: "token-of-all" },
  ));

Deno.test("a token acts under no delegation to somebody else", () =>
  onServer(
    async (server, stage) => {
      await stage.write(
        "policy.yaml",
        "default_verdict: block\nrules: [{name: a, effect: allow, match: {allowed_delegate_identities: [alice]}}]\n",
      );
      const answerTo = async (token: string, requester: string) => {
        const chain = [{ delegator_identity: "boss", delegate_identity: requester }];
        const call = {
          name: "tool.look",
          context: { ...CONTEXT, identity: "alice" },
          delegation: { requester_identity: requester, chain },
        };
        const { status, json } = await server.post("/v1/evaluate", { call }, {
          authorization: `Bearer ${token}`,
        });
        return [status, json.verdict];
      };
      assert.deepEqual(await answerTo("token-of-alice", "alice"), [200, "allow"]);
      assert.deepEqual(await answerTo("token-of-bob", "bob"), [200, "block"]);
      assert.deepEqual(await answerTo("token-of-bob", "alice"), [400, undefined]);
      assert.deepEqual(await answerTo("token-of-bob", "Bob"), [400, undefined]);
      assert.deepEqual(await answerTo("token-of-all", "alice"), [200, "allow"]);
    },
    ["--auth-mode", "token", "--auth-token-env", "alice=ALICE,bob=BOB,ALL"],
    { ALICE: "token-of-alice", BOB: "token-of-bob", ALL: "token-of-all" },
  ));

Deno.test("a token writes into no session of another identity, and does not learn that there is one", () =>
  onServer(
    async (server, stage) => {
      const call = (token: string, more: Record<string, unknown> = {}) =>
        server.post(
          "/v1/evaluate",
          { ...CALL, session_id: "s/1", run_id: "run_1", ...more },
          { authorization: `Bearer ${token}` },
        );
      const journals = async () => (await stage.files()).filter((path) => path.endsWith(".journal.jsonl"));
      const eventsOf = async (path: string) => (await stage.read(path)).trim().split("\n").length - 1;
      const journalIn = ({ json }: { json: { warnings: string[] } }) =>
        /^session_journal=(.*) sequence=([0-9]+)$/m.exec(json.warnings.join("\n"))!.slice(1);
      const [alice] = journalIn(await call("token-of-alice"));
      const [bob, first] = journalIn(await call("token-of-bob"));
      assert.notEqual(alice, bob);
      assert.equal(first, "1");
      assert.deepEqual(journalIn(await call("token-of-alice")), [alice, "2"]);
      // A token without an identity has the session that every such token has.
      const [others] = journalIn(await call("token-of-all"));
      assert.equal(new Set([alice, bob, others]).size, 3);
      // Nor by its name, or by its path where paths may be chosen.
      await call("token-of-all", { session_id: "s_1@alice" });
      for (const token of ["token-of-bob"]) {
        const { status } = await call(token, { session_journal: alice });
        assert.equal(status, 400);
      }
      assert.equal(await eventsOf(alice!), 2);
      assert.equal((await journals()).length, 4);
      assert.equal((await call("token-of-alice", { session_journal: alice })).status, 200);
    },
    [
      ...["--auth-mode", "token", "--auth-token-env", "alice=ALICE,bob=BOB,ALL"],
      "--allow-client-artifact-paths",
    ],
    { ALICE: "token-of-alice", BOB: "token-of-bob", ALL: "token-of-all" },
  ));

Deno.test("tokens that do not tell callers apart are refused before it listens", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    const env = { A: "same-token-for-both", B: "same-token-for-both", EMPTY: " " };
    for (const named of ["a=A,b=B", "A,b=B", "=A", "a=EMPTY", "a=", " , "]) {
      const args = ["--policy", "policy.yaml", "--auth-mode", "token", "--listen", "127.0.0.1:0", "--json"];
      const { code, json } = await stage.gaitWith(
        { env },
        "mcp",
        "serve",
        ...args,
        "--auth-token-env",
        named,
      );
      assert.deepEqual([code, json.ok], [6, false], named);
    }
  }));

Deno.test("headers that say twice who sends or what are refused, whichever would be right", () =>
  onServer(
    async (server, stage) => {
      const [right, wrong] = ["Authorization: Bearer s3cret", "Authorization: Bearer guess"];
      const json = "Content-Type: application/json";
      const doubled = [
        [right, wrong],
        [wrong, right],
        [right, right],
        [right, "AUTHORIZATION: Bearer s3cret"],
        [right, "Authorization:"],
        [right, json, "Content-Type: text/plain"],
        [right, "Content-Type: text/plain", json],
        [right, json, "content-type: application/json"],
      ];
      for (const head of doubled) {
        assert.equal(
          statusOf(await server.raw(request([POST, "Host: localhost", ...head]))),
          400,
          head.join(),
        );
      }
      assert.deepEqual(await traces(stage), []);
      assert.equal(statusOf(await server.raw(request([POST, "Host: localhost", right, json]))), 200);
    },
    ["--auth-mode", "token", "--auth-token-env", "TOKEN"],
    { TOKEN: "s3cret" },
  ));

Deno.test("smuggled keys, unknown members and rounded numbers are 400 on every route", () =>
  onServer(async (server, stage) => {
    const bad = [
      '{"call":{"name":"a"},"call":{"name":"b"}}',
      '{"call":{"name":"a","name":"b"}}',
      '{"call":{"name":"tool.delete","NAME":"tool.read"}}',
      '{"call":{"name":"a"},"Call":{"name":"b"}}',
      '{"call":{"name":"a","args":{"id":9007199254740993}}}',
      '{"call":{"name":"a"},"checkpoint_interval":1.0}',
      '{"call":{"name":"a"},"__proto__":{}}',
      '{"call":{"name":"a"},"constructor":1}',
      '\ufeff{"call":{"name":"a"}}',
    ];
    for (const path of ["/v1/evaluate", "/v1/evaluate/sse", "/v1/evaluate/stream"]) {
      for (const body of bad) {
        const { status, json } = await server.post(path, body);
        assert.deepEqual([status, json.ok], [400, false], body);
      }
    }
    assert.deepEqual(await traces(stage), []);
  }));

Deno.test("200 slow connections do not keep a normal one waiting", () =>
  onServer(async (server) => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => server.connect()));
    try {
      const half = new TextEncoder().encode(`${POST}\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{`);
      await Promise.all(
        slow.map((connection, i) => connection.write(i % 2 === 0 ? half : half.subarray(0, 20))),
      );
      const { status, json } = await server.post("/v1/evaluate", CALL);
      assert.deepEqual([status, json.verdict], [200, "allow"]);
    } finally {
      for (const connection of slow) connection.close();
    }
  }));

Deno.test("clients that vanish in the middle leave nothing behind and end nothing", () =>
  onServer(async (server, stage) => {
    for (const cut of [0, 10, 60, 80]) {
      const connection = await server.connect();
      const whole = new TextEncoder().encode(request([POST, "Host: localhost"]));
      await connection.write(whole.subarray(0, cut));
      connection.close();
    }
    assert.equal((await server.post("/v1/evaluate", CALL)).status, 200);
    assert.equal((await traces(stage)).length, 1);
  }));
