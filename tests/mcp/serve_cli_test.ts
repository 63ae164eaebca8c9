/** `gait mcp serve` as it is used (docs/spec/mcp.md section 6). */
import assert from "node:assert/strict";
import { onStage } from "../support/gait.ts";
import { withServer } from "../support/server.ts";

const CONTEXT = { identity: "agent", workspace: "/srv", session_id: "s/1", risk_class: "low" };
const call = (name: string, more = {}) => ({ call: { name, context: CONTEXT, ...more } });
const serve = (...args: string[]) => ["mcp", "serve", "--policy", "policy.yaml", ...args];

Deno.test("it tells where it listens, answers, and ends when it is asked to", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, serve(), async (server) => {
      assert.equal(server.announced.listen, `127.0.0.1:${server.port}`);
      assert.ok(server.port > 0);
      assert.equal((await server.post("/v1/evaluate", call("t"))).status, 200);
      assert.equal(await server.stop(), 0);
    });
  }));

Deno.test("what was accepted is finished when it is asked to end", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, serve(), async (server) => {
      const connection = await server.connect();
      const body = JSON.stringify(call("t"));
      const head = `POST /v1/evaluate HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
      await connection.write(new TextEncoder().encode(head + body.slice(0, 10)));
      // Answered by then, so the first request was accepted.
      assert.equal((await server.post("/v1/evaluate", call("u"))).status, 200);
      const ended = server.stop();
      await connection.write(new TextEncoder().encode(body.slice(10)));
      const answer = await new Response(connection.readable).text();
      assert.match(answer, /^HTTP\/1.1 200 [^]*"verdict":"allow"/);
      assert.equal(await ended, 0);
    });
  }));

Deno.test("policy, adapter, key and folders are checked before it listens", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await stage.write("broken.yaml", "rules: [");
    const bad = [
      ["--policy", "none.yaml"],
      ["--policy", "broken.yaml"],
      ["--adapter", "gemini"],
      ["--key-mode", "prod"],
      ["--key-mode", "prod", "--private-key", "none.key"],
      ["--profile", "oss-prod"],
      ["--trace-dir", "../x"],
      ["--session-dir", "../x"],
      ["--export-log-out", "../x"],
      ["--listen", "127.0.0.1:99999"],
    ];
    for (const args of bad) {
      const { code, json } = await stage.gait(...serve("--listen", "127.0.0.1:0", ...args, "--json"));
      assert.deepEqual([code, json.ok, json.executed], [6, false, false], args.join(" "));
    }
  }));

Deno.test("a port in use is invalid input", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, serve(), async (server) => {
      const { code, json } = await stage.gait(...serve("--listen", `127.0.0.1:${server.port}`, "--json"));
      assert.deepEqual([code, json.error_code], [6, "invalid_input"]);
    });
  }));

Deno.test("project defaults say how it serves, flags beat them", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: block\n");
    await stage.write(
      ".gait/config.yaml",
      "mcp_serve:\n  auth_mode: token\n  auth_token_env: TOKEN\n  http_verdict_status: strict\n  max_request_bytes: 500\nretention:\n  trace_ttl: 1h\n",
    );
    const auth = { authorization: "Bearer x" };
    await withServer(stage, serve(), async (server) => {
      assert.equal((await server.post("/v1/evaluate", call("t"))).status, 401);
      assert.equal((await server.post("/v1/evaluate", call("t"), auth)).status, 403);
      assert.equal((await server.post("/v1/evaluate", " ".repeat(501), auth)).status, 413);
    }, { TOKEN: "x" });
    await withServer(
      stage,
      serve("--auth-mode", "off", "--http-verdict-status", "compat"),
      async (server) => {
        assert.equal((await server.post("/v1/evaluate", call("t"))).status, 200);
      },
    );
  }));

Deno.test("a client that may choose paths gets no further than the folders of the server", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await stage.write("gait.key", "secret");
    await Deno.mkdir(stage.path("out"));
    await Deno.symlink("/tmp", stage.path("out/link"));
    const args = serve("--allow-client-artifact-paths");
    await withServer(stage, args, async (server) => {
      const before = await stage.files();
      const bad = [
        { trace_path: "/tmp/gait-outside.json" },
        { trace_path: "../t.json" },
        { trace_path: "out/link/t.json" },
        { trace_path: "policy.yaml" },
        { runpack_out: "gait.key" },
        { pack_out: "/etc/x.zip" },
        { session_journal: "/tmp/gait-outside.jsonl" },
        { session_journal: "gait.key" },
        { trace_path: ".gait/holds.json" },
        { trace_path: "out/.GAIT/trust/x.json" },
        { session_journal: ".gait/x.jsonl" },
        { trace_path: "x.json", runpack_out: "x.json" },
      ];
      for (const paths of bad) {
        const { status } = await server.post("/v1/evaluate", { ...call("t"), ...paths });
        assert.equal(status, 400, JSON.stringify(paths));
      }
      assert.deepEqual(await stage.files(), before);
      const { status, json } = await server.post("/v1/evaluate", {
        ...call("t"),
        trace_path: stage.path("out/t.json"),
      });
      assert.deepEqual([status, json.trace_path], [200, stage.path("out/t.json")]);
    });
  }));

Deno.test("the journal of another session is refused before anything is decided", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, serve("--allow-client-artifact-paths"), async (server) => {
      const journaled = { ...call("t"), run_id: "r", session_journal: "j.jsonl" };
      assert.equal((await server.post("/v1/evaluate", journaled)).status, 200);
      // The lock is held for a moment longer, for events that may follow, and the state is written after a moment.
      const evidence = async () =>
        (await stage.files()).filter((path) => !/\.lock$|\.state\.json/.test(path));
      const before = await evidence();
      for (const other of [{ session_id: "other" }, { run_id: "other" }]) {
        assert.equal((await server.post("/v1/evaluate", { ...journaled, ...other })).status, 400);
      }
      assert.deepEqual(await evidence(), before);
    });
  }));

Deno.test("checkpoints of sessions and runs whose names meet replace no other one", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, serve("--runpack-dir", "packs"), async (server) => {
      for (const [session_id, run_id] of [["a/b", "r"], ["a_b", "r"], ["a/b", "r2"]]) {
        const asked = { ...call("t"), session_id, run_id, checkpoint_interval: 1 };
        const { json } = await server.post("/v1/evaluate", asked);
        const { warnings } = json as { warnings: string[] };
        assert.ok(warnings.some((text) => text.startsWith("session_checkpoint=")), warnings.join());
      }
    });
    const chain = "gait-out/mcp-serve/sessions/a_b.journal_chain.json";
    assert.equal((await stage.gait("verify", "session-chain", chain)).code, 0);
    assert.equal((await stage.gait("verify", "packs/a_b_cp_000001.zip")).code, 0);
  }));

Deno.test("many calls of one session at once are all journaled, in one unbroken chain", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await withServer(stage, serve(), async (server) => {
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, i) => server.post("/v1/evaluate", { ...call(`t${i}`), run_id: "r" })),
      );
      assert.ok(answers.every(({ status }) => status === 200));
      assert.equal(new Set(answers.map(({ json }) => json.trace_path)).size, 30);
    });
    const journal = "gait-out/mcp-serve/sessions/s_1.journal.jsonl";
    const { json } = await stage.gait("run", "session", "status", "--journal", journal, "--json");
    assert.deepEqual([json.status.event_count, json.status.last_sequence], [30, 30]);
  }));

Deno.test("retention leaves alone what is on hold", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await stage.write("tr/trace_1.json", "x");
    await stage.write("tr/trace_2.json", "x");
    for (const name of ["tr/trace_1.json", "tr/trace_2.json"]) await Deno.utime(stage.path(name), 0, 0);
    assert.equal((await stage.gait`guard hold add tr/trace_1.json --case-id C`).code, 0);
    await withServer(stage, serve("--trace-dir", "tr", "--trace-max-age", "1h"), async (server) => {
      const { json } = await server.post("/v1/evaluate", call("t"));
      assert.ok(json.warnings.includes("retention_trace_removed_age=1 removed_count=0"));
      await stage.write(".gait/holds.json", "{");
      const { status, json: next } = await server.post("/v1/evaluate", call("t"));
      assert.equal(status, 200);
      assert.ok(next.warnings.some((warning: string) => warning.startsWith("retention_trace_error=")));
    });
    const files = await stage.files();
    assert.ok(files.includes("tr/trace_1.json") && !files.includes("tr/trace_2.json"));
  }));

Deno.test("retention spares what the server decides by and what it exports, whatever they are called", () =>
  onStage(async (stage) => {
    await stage.gait`keys init --out-dir d --prefix trace`;
    await Deno.rename(stage.path("d/trace_private.key"), stage.path("d/trace_key.json"));
    await Deno.rename(stage.path("d/trace_public.key"), stage.path("d/trace_public.json"));
    await stage.write("d/trace_policy.json", '{"default_verdict": "allow"}');
    await stage.write("d/trace_config.json", "{}");
    await stage.write("d/trace_log.json", "");
    await stage.write("d/trace_limits.json", "{}");
    await stage.write("d/old_trace.json", "x");
    const kept = ["key", "public", "policy", "config", "log", "limits"].map((name) => `d/trace_${name}.json`);
    for (const name of [...kept, "d/old_trace.json"]) await Deno.utime(stage.path(name), 0, 0);
    const flags = [
      ...["--policy", "d/trace_policy.json", "--config", "d/trace_config.json"],
      ...["--key-mode", "prod", "--private-key", "d/trace_key.json"],
      ...["--approval-public-key", "d/trace_public.json", "--export-log-out", "d/trace_log.json"],
      ...["--rate-limit-state", "d/trace_limits.json"],
      ...["--trace-dir", "d", "--trace-max-age", "1h", "--trace-max-count", "1"],
      ...["--session-dir", "d", "--session-max-age", "1h"],
    ];
    await withServer(stage, ["mcp", "serve", ...flags], async (server) => {
      const { status, json } = await server.post("/v1/evaluate", call("t"));
      assert.equal(status, 200);
      assert.ok(json.warnings.includes("retention_trace_removed_age=1 removed_count=1"), `${json.warnings}`);
    });
    const files = await stage.files();
    assert.deepEqual([...kept, "d/old_trace.json"].filter((name) => !files.includes(name)), [
      "d/old_trace.json",
    ]);
  }));

Deno.test("retention in the root, home, working or a project's folder is refused before anything listens", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    await stage.write("repo/.git/HEAD", "x");
    await stage.write("other/.gait/config.yaml", "{}\n");
    await stage.write("home/x", "x");
    await stage.write("trace_old.json", "x");
    await Deno.utime(stage.path("trace_old.json"), 0, 0);
    await Deno.symlink(".", stage.path("link"));
    const home = { env: { HOME: stage.path("home") } };
    const folders = [
      ".",
      "link",
      "/",
      stage.folder,
      `${stage.folder}/..`,
      "home",
      "repo",
      "repo/.git",
      "other/.gait/t",
    ];
    for (const kind of ["trace", "session"]) {
      for (const keep of ["max-age=1h", "max-count=1"]) {
        for (const folder of folders) {
          const args = serve(
            "--listen",
            "127.0.0.1:0",
            `--${kind}-dir`,
            folder,
            `--${kind}-${keep}`,
            "--json",
          );
          const { code, json } = await stage.gaitWith(home, ...args);
          // A folder that names none is refused before that.
          assert.deepEqual([code, json.ok], [[".", "/"].includes(folder) ? 6 : 8, false], args.join(" "));
        }
      }
    }
    assert.ok((await stage.files()).includes("trace_old.json"));
    await withServer(stage, serve("--trace-dir", "repo"), async (server) => {
      assert.equal(
        (await server.post("/v1/evaluate", call("t"))).status,
        200,
        "without retention nothing is lost",
      );
    });
  }));

Deno.test("it listens for this machine alone", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    for (
      const listen of [
        "0.0.0.0:0",
        "[::]:0",
        "localhost.:0",
        "127.1:0",
        "example.test:0",
        ":0",
        "nonsense",
        " ",
      ]
    ) {
      const args = serve("--auth-mode", "token", "--auth-token-env", "HOME", "--listen", listen, "--json");
      assert.equal((await stage.gait(...args)).code, 6, listen);
    }
  }));

Deno.test("a token that can be guessed is warned about at the start", () =>
  onStage(async (stage) => {
    await stage.write("policy.yaml", "default_verdict: allow\n");
    const args = serve("--auth-mode", "token", "--auth-token-env", "TOKEN");
    for (const [length, warned] of [[15, true], [16, false]] as const) {
      await withServer(stage, args, ({ announced }) => {
        const warnings = (announced.warnings ?? []) as string[];
        assert.equal(warnings.some((warning) => warning.includes("token")), warned);
        return Promise.resolve();
      }, { TOKEN: "t".repeat(length) });
    }
  }));
