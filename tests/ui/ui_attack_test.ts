/**
 * What a web page, another local process or another machine may send to `gait ui`, and must not achieve
 * (docs/spec/doctor.md 4 and 6).
 */
import assert from "node:assert/strict";
import { onStage, type Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { type RunningServer, withServer } from "../support/server.ts";

const TOKEN = "correct-horse-battery-staple";
const BEARER = { authorization: `Bearer ${TOKEN}` };

function onServer(
  test: (server: RunningServer, stage: Stage) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const command = ["ui", "--open-browser=false", "--token-env", "GAIT_UI_TOKEN", ...args];
  return onStage((stage) =>
    withServer(stage, command, (server) => test(server, stage), { GAIT_UI_TOKEN: TOKEN })
  );
}

const DEMO = JSON.stringify({ command: "demo" });
const JSON_TYPE = "Content-Type: application/json";

/** A request whose head is given line by line; the connection is closed behind it. */
function request(head: readonly string[], body = DEMO): string {
  const lines = [...head, `Content-Length: ${new TextEncoder().encode(body).length}`, "Connection: close"];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

const EXEC = "POST /api/exec HTTP/1.1";
const statusOf = (answer: string) => Number(answer.split(" ")[1]);

Deno.test("a web page can't start a command: by CSRF, by rebinding, or by a form", () =>
  onServer(async (server, stage) => {
    const own = `Host: 127.0.0.1:${server.port}`;
    const attempts: [number, string[]][] = [
      [403, ["Host: evil.test", JSON_TYPE]],
      [403, [`Host: evil.test:${server.port}`, JSON_TYPE]],
      [403, ["Host: 10.0.0.1", JSON_TYPE]],
      [403, ["Host: localhost.evil.test", JSON_TYPE]],
      [400, ["Host: localhost", "Host: evil.test", JSON_TYPE]],
      [400, [JSON_TYPE]],
      [403, [own, "Origin: http://evil.test", JSON_TYPE]],
      [403, [own, "Origin: null", JSON_TYPE]],
      [403, [own, "Origin: http://127.0.0.1:1", JSON_TYPE]],
      [403, [own, "Sec-Fetch-Site: cross-site", JSON_TYPE]],
      [403, [own, "Sec-Fetch-Site: same-site", JSON_TYPE]],
      [401, [own, `Origin: http://127.0.0.1:${server.port}`, JSON_TYPE]],
      [401, [own, "Sec-Fetch-Site: same-origin", JSON_TYPE]],
      [401, [own, "Sec-Fetch-Site: none", JSON_TYPE]],
      [415, [own, "Content-Type: text/plain"]],
      [415, [own, "Content-Type: application/x-www-form-urlencoded"]],
      [415, [own, "Content-Type: application/json, text/plain"]],
      [415, [own]],
      [400, [own, JSON_TYPE, "Content-Type: text/plain"]],
      [400, [own, "Content-Type: text/plain", JSON_TYPE]],
      [400, [own, JSON_TYPE, `Authorization: Bearer ${TOKEN}`, "Authorization: Bearer guess"]],
    ];
    for (const [status, head] of attempts) {
      assert.equal(statusOf(await server.raw(request([EXEC, ...head]))), status, head.join());
    }
    assert.deepEqual(await stage.files(), []);
    const allowed = [
      own,
      `Origin: http://127.0.0.1:${server.port}`,
      JSON_TYPE,
      `Authorization: Bearer ${TOKEN}`,
    ];
    assert.equal(statusOf(await server.raw(request([EXEC, ...allowed]))), 200);
  }));

Deno.test("reading the state across origins is refused as well, and so is a preflight", () =>
  onServer(async (server) => {
    const own = `Host: 127.0.0.1:${server.port}`;
    for (const path of ["/api/state", "/api/health", "/api/about", "/api/nothing"]) {
      const answer = await server.raw(request([`GET ${path} HTTP/1.1`, own, "Origin: http://evil.test"], ""));
      assert.equal(statusOf(answer), 403, path);
      assert.doesNotMatch(answer, /access-control/i);
    }
    const preflight = await server.raw(
      request(["OPTIONS /api/exec HTTP/1.1", own, "Origin: http://evil.test"], ""),
    );
    assert.equal(statusOf(preflight), 403);
    assert.doesNotMatch(preflight, /access-control/i);
  }));

Deno.test("every route but the three of the existing program demands the token, in a header alone", () =>
  onServer(async ({ url }) => {
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(url + path, { headers });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await get("/api/about"), 401);
    assert.equal(await get(`/api/about?token=${TOKEN}`), 401);
    assert.equal(await get(`/api/about?code=${TOKEN}`), 401);
    assert.equal(await get("/api/about", { cookie: `token=${TOKEN}` }), 401);
    assert.equal(await get("/api/about", { authorization: `Basic ${TOKEN}` }), 401);
    assert.equal(await get("/api/about", { authorization: `Bearer ${TOKEN}x` }), 401);
    assert.equal(await get("/api/about", { authorization: `Bearer ${TOKEN.slice(1)}` }), 401);
    assert.equal(await get("/api/about", BEARER), 200);
    assert.equal(await get("/api/%61bout", BEARER), 200);
    // A path that is none of the routes is the page, which holds nothing.
    for (const path of ["/api/about/", "/api//about", "/api/About"]) {
      const answer = await fetch(url + path);
      assert.match(answer.headers.get("content-type")!, /^text\/html/, path);
      await answer.body?.cancel();
    }
  }));

Deno.test("a page that is read-only changes nothing, and gives no approval, whoever asks", () =>
  onServer(async ({ post }, stage) => {
    await stage.write("policy.yaml", "default_verdict: block\n");
    await stage.gait("job", "submit", "--id", "nightly");
    const before = await stage.gait("job", "status", "--id", "nightly", "--json");
    for (
      const [path, body] of [
        ["policy/save", {
          path: "policy.yaml",
          was: "default_verdict: block\n",
          text: "default_verdict: allow\n",
        }],
        ["job/change", { job_id: "nightly", action: "pause" }],
        ["job/change", { job_id: "nightly", action: "stop" }],
        ["approval/start", { path: "trace.json", reason_code: "x" }],
        ["approval/confirm", { request_id: "x", code: "00000000" }],
      ] as const
    ) {
      const { status, json } = await post(`/api/${path}`, body, BEARER);
      assert.deepEqual([status, json.error_code], [400, "unsafe_operation"], path);
    }
    assert.equal(await stage.read("policy.yaml"), "default_verdict: block\n");
    const after = await stage.gait("job", "status", "--id", "nightly", "--json");
    assert.equal(after.json.job.revision, before.json.job.revision);
    assert.equal((await stage.files()).some((name) => name.includes("approvals")), false);
  }));

Deno.test("a code that was never issued opens no session", () =>
  onServer(async ({ post }) => {
    assert.equal((await post("/api/session", {})).status, 401);
    assert.equal((await post("/api/session", {}, { authorization: "Bearer 0123456789abcdef" })).status, 401);
    // The token itself is no code: it is not handed out for itself.
    assert.equal((await post("/api/session", {}, BEARER)).status, 401);
  }));

Deno.test("the page can't be framed, sniffed, cached or embedded, and runs one script", () =>
  onServer(async ({ url }) => {
    for (const path of ["/", "/any/route", "/index.html?x=1"]) {
      const answer = await fetch(url + path);
      const text = await answer.text();
      const policy = answer.headers.get("content-security-policy")!;
      assert.equal(answer.status, 200);
      assert.match(text, /<title>Gait Local UI<\/title>/);
      for (
        const part of [
          "default-src 'none'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'none'",
        ]
      ) assert.ok(policy.includes(part), part);
      assert.doesNotMatch(policy, /unsafe|\*|https?:|data:|blob:/);
      assert.match(policy, /script-src 'sha256-[A-Za-z0-9+/=]{44}';/);
      assert.equal(answer.headers.get("x-frame-options"), "DENY");
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("cross-origin-opener-policy"), "same-origin");
      assert.equal(text.includes(TOKEN), false);
      assert.equal((text.match(/<script/g) ?? []).length, 1);
    }
    assert.equal((await fetch(url, { method: "HEAD" })).status, 200);
    const posted = await fetch(url, { method: "POST", body: "x" });
    assert.equal(posted.status, 405);
    await posted.body?.cancel();
  }));

Deno.test("a build without network beyond loopback refuses to listen there, whatever the flag", () =>
  onStage(async ({ gait }) => {
    const { code, json } = await gait`ui --listen 0.0.0.0:0 --allow-non-loopback --open-browser=false --json`;
    assert.deepEqual([code, json.error_detail], [8, "network_permission_missing"]);
  }));

Deno.test("with --allow-non-loopback the three open routes are open no longer", () =>
  onStage(async (stage) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-A", "--no-config", `${repository}dist/main.js`],
        ...["ui", "--listen=0.0.0.0:0", "--allow-non-loopback", "--open-browser=false", "--json"],
        ...["--token-env", "GAIT_UI_TOKEN"],
      ],
      cwd: stage.folder,
      env: { HOME: stage.folder, GAIT_UI_TOKEN: TOKEN },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      const { value } = await reader.read();
      const { url, listen } = JSON.parse(value!);
      assert.match(listen, /^0\.0\.0\.0:/);
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
      for (const path of ["api/health", "api/state"]) {
        const refused = await fetch(url + path);
        assert.equal(refused.status, 401);
        await refused.body?.cancel();
        const allowed = await fetch(url + path, { headers: BEARER });
        assert.equal(allowed.status, 200);
        await allowed.body?.cancel();
      }
      const port = Number(new URL(url).port);
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(new TextEncoder().encode(request(["GET / HTTP/1.1", "Host: evil.test"], "")));
      assert.equal(statusOf(await new Response(connection.readable).text()), 403);
    } finally {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
      await child.stderr.cancel();
    }
  }));
