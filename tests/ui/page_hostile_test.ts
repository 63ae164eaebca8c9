/// <reference lib="dom" />
/**
 * The page against files, pages and servers that mean harm (docs/threat_model.md 44 and 46): data stays text, the token
 * stays in its header, and no other page gets in.
 */
import assert from "node:assert/strict";
import { browser, browserTest } from "../browser/chromium.ts";
import { onStage, type Stage } from "../support/gait.ts";
import { MARKUP, reachOut } from "../support/page_attacks.ts";
import { runPackSample } from "../support/sample_packs.ts";
import { packSample, testKey } from "../support/sample_run.ts";
import { onUi, openView, TOKEN } from "./on_ui.ts";
import { intent } from "./workspace_sample.ts";

const HOSTILE = [
  ...MARKUP,
  '" onmouseover="globalThis.harmed=1',
  "allowed\u202egnp.exe\u2066\u200b\u2028end",
  "\x1b[2Jcleared\u0085",
  "${globalThis.harmed=1}",
  "__proto__",
];

// deno-lint-ignore no-control-regex
const RAW = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

const DIGEST = "ab".repeat(32);

function trace(text: string, i: number): string {
  return JSON.stringify({
    schema_id: "gait.gate.trace",
    schema_version: "1.0.0",
    created_at: "2026-11-20T08:00:00Z",
    observed_at: `2026-11-20T08:${String(i).padStart(2, "0")}:00Z`,
    producer_version: text,
    trace_id: text,
    tool_name: text,
    args_digest: DIGEST,
    intent_digest: i % 2 === 0 ? text : DIGEST,
    policy_digest: text,
    matched_rule_ids: [text],
    verdict: i % 3 === 0 ? text : i % 3 === 1 ? "require_approval" : "block",
    violations: [text],
    relationship: { agent_chain: [{ role: "requester", identity: text }], entity_refs: [], edges: [] },
    signature: { alg: "ed25519", key_id: text, sig: text, signed_digest: text },
  });
}

async function fillWithHarm(stage: Stage): Promise<void> {
  const all = [...HOSTILE, "x".repeat(1_000_000)];
  for (const [i, text] of all.entries()) await stage.write(`gait-out/traces/trace_${i}.json`, trace(text, i));
  await stage.write("gait-out/traces/trace_<img src=x onerror=globalThis.harmed=1>.json", "{");
  await stage.write(`gait-out/traces/trace_\u202egnp.json`, trace("a", 1));
  const key = await testKey(1);
  const { bytes } = await packSample((run) => {
    run.intents = all.map((text, i) => ({
      intent_id: `i${i}`,
      tool_name: text,
      args: { [text.slice(0, 50)]: text },
    }));
    run.results = all.map((text, i) => ({
      intent_id: `i${i}`,
      status: text,
      result: { verdict: text, reason_codes: [text], text },
    }));
  }, key);
  await stage.write("gait-out/runpack_harm.zip", bytes);
  await stage.gait("demo");
  await stage.write(
    "policy.yaml",
    `default_verdict: block\nrules:\n${
      HOSTILE.slice(0, 8).map((text, i) =>
        `  - name: ${JSON.stringify(text)}\n    priority: ${i}\n    effect: block\n    match: {tool_names: [${
          JSON.stringify(text)
        }]}\n`
      ).join("")
    }`,
  );
  for (const [i, text] of HOSTILE.entries()) {
    await stage.write(
      `intents/${i}.json`,
      JSON.stringify(intent(text, { identity: text, args: { [text]: text }, target: text })),
    );
  }
  await stage.gait("job", "submit", "--id", "harm", "--actor", HOSTILE[1]!);
  await stage.gait(
    "job",
    "checkpoint",
    "add",
    "--id",
    "harm",
    "--type",
    "progress",
    "--summary",
    HOSTILE[1]!,
    "--actor",
    HOSTILE[7]!,
  );
  await stage.write(
    "regress_result.json",
    JSON.stringify({
      schema_id: "gait.regress.result",
      schema_version: "1.0.0",
      created_at: "2026-11-20T08:00:00Z",
      producer_version: "x",
      fixture_set: HOSTILE[1],
      status: "fail",
      graders: HOSTILE.map((text) => ({
        name: `${text}/${text}`,
        status: "fail",
        reason_codes: [text],
        details: { candidate_runpack: "../../../etc/passwd" },
      })),
    }),
  );
}

/** Names of all elements that the page may have. */
const NAMES = new Set(
  ("a b bdi body button canvas code dd details div dl dt form h1 h2 h3 h4 head header html i input kbd label li main " +
    "meta meter nav noscript ol option p path pre rect script section select small span style summary svg table tbody " +
    "td textarea th thead time title tr ul wbr").split(" "),
);

browserTest("whatever files say is shown as text, in every view", () =>
  onStage(async (stage) => {
    await fillWithHarm(stage);
    await onUi(stage, async ({ page, server, requests, complaints }) => {
      const look = async (address: string) => {
        await openView(page, address);
        await page.evaluate(() =>
          document.querySelectorAll("details").forEach((details) => details.open = true)
        );
        const found = await page.evaluate(() => ({
          names: [...new Set([...document.querySelectorAll("*")].map(({ localName }) => localName))],
          text: document.body.innerText,
          handlers: [...document.querySelectorAll("*")].filter((element) =>
            element.getAttributeNames().some((name) => name.startsWith("on"))
          ).length,
          scripts: document.scripts.length,
          harmed: "harmed" in globalThis,
          hidden: getComputedStyle(document.querySelector("main")!).display === "none",
        }));
        assert.deepEqual(
          found.names.filter((name) =>
            !NAMES.has(name)
          ),
          [],
          address,
        );
        assert.deepEqual(
          [found.handlers, found.scripts, found.harmed, found.hidden],
          [0, 1, false, false],
          address,
        );
        assert.doesNotMatch(found.text, RAW, address);
        return found.text;
      };
      const list = await look("traces");
      assert.match(list, /<img src=x onerror=globalThis\.harmed=1>/);
      assert.match(list, /allowed\\u202egnp\.exe/);
      const paths = (await stage.files()).filter((name) => name.includes("/trace_"));
      assert.equal(paths.length, HOSTILE.length + 3);
      for (const path of paths) await look(`traces?open=${encodeURIComponent(path)}`);
      for (const path of paths) await look(`approvals?open=${encodeURIComponent(path)}`);
      for (
        const address of [
          "runs",
          `runs?open=${encodeURIComponent("gait-out/runpack_harm.zip")}`,
          `runs?open=${encodeURIComponent("gait-out/runpack_harm.zip")}&with=${
            encodeURIComponent("gait-out/runpack_run_demo.zip")
          }`,
          "policy?path=policy.yaml",
          "jobs",
          "jobs?open=harm",
          "risk",
          "regressions",
          "health",
          "verify",
        ]
      ) await look(address);
      assert.deepEqual(requests.filter((url) => !url.startsWith(`${server.url}/`)), []);
      assert.deepEqual(complaints.filter((said) => !said.includes("status of 400")), []);
    });
  }));

browserTest(
  "the page refuses parameters that name other files, and survives nonsense in its address",
  () =>
    onStage(async (stage) => {
      await stage.write("secret.json", '{"secret":"do not show"}');
      await stage.gait("demo", "--policy");
      await onUi(stage, async ({ page, complaints }) => {
        for (
          const address of [
            "traces?open=secret.json",
            "traces?open=%2Fetc%2Fpasswd",
            "runs?open=secret.json",
            "policy?path=secret.json",
            "policy?path=..%2F..%2Fetc%2Fpasswd",
            "jobs?open=..%2F..",
            "approvals?open=secret.json",
            "nowhere",
            "traces?since=%00&verdict=%ff&offset=-1",
          ]
        ) {
          await page.evaluate((hash) => void (location.hash = hash), `#/${address}`);
          await page.waitForFunction(() => document.querySelector("main .loading") === null);
          assert.doesNotMatch(await page.innerText("body"), /do not show|root:/, address);
        }
        assert.deepEqual(complaints.filter((said) => !said.includes("status of 400")), []);
      });
    }),
);

browserTest(
  "the token is in no address, no cookie, no text and no referrer, and a code works once",
  () =>
    onStage(async (stage) => {
      await onUi(stage, async ({ page, requests, server }) => {
        await page.waitForSelector(".locked");
        await page.goto(`${server.url}/#code=${"0".repeat(32)}`);
        await page.reload();
        await page.waitForSelector(".locked");
        assert.equal(await page.evaluate(() => location.hash), "", "the code is removed from the address");
        await page.fill("#token", TOKEN);
        await page.click(".locked button");
        await page.waitForSelector("main[data-connection=live]");
        await openView(page, "health");
        const seen = await page.evaluate(() => ({
          address: location.href,
          cookie: document.cookie,
          html: document.documentElement.outerHTML,
          local: JSON.stringify({ ...localStorage }),
          history: JSON.stringify(history.state),
        }));
        assert.deepEqual(Object.entries(seen).filter(([, text]) => text?.includes(TOKEN)), []);
        assert.deepEqual(requests.filter((url) => url.includes(TOKEN) || url.includes("code")), []);
        // What another site would learn of this page when a link is followed.
        const referrer = await page.evaluate(() =>
          document.querySelector("meta[name=referrer]")?.getAttribute("content")
        );
        assert.equal(referrer, "no-referrer");
      }, { locked: true });
    }),
);

browserTest(
  "another site can't frame the page, read its API, or reach into a window of it",
  () =>
    onStage(async (stage) => {
      await onUi(stage, async ({ server }) => {
        const evil = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () =>
          new Response("<!DOCTYPE html><title>evil</title><body>", {
            headers: { "content-type": "text/html" },
          }));
        const context = await (await browser()).newContext();
        try {
          const page = await context.newPage();
          await page.goto(`http://localhost:${evil.addr.port}/`);
          const got = await page.evaluate(async ({ target, token }) => {
            const attempts: Record<string, string> = {};
            const attempt = async (name: string, act: () => Promise<unknown>) => {
              try {
                attempts[name] = String(await act());
              } catch {
                attempts[name] = "refused";
              }
            };
            const post = (type: string, headers: Record<string, string> = {}) =>
              fetch(`${target}/api/exec`, {
                method: "POST",
                headers: { "content-type": type, ...headers },
                body: '{"command":"demo"}',
              });
            await attempt("read", () =>
              fetch(`${target}/api/state`).then((answer) =>
                answer.text()
              ));
            await attempt("json", () => post("application/json"));
            await attempt("simple", () => post("text/plain"));
            await attempt("token", () => post("application/json", { authorization: `Bearer ${token}` }));
            await attempt("opaque", () =>
              fetch(`${target}/api/exec`, { method: "POST", mode: "no-cors", body: '{"command":"demo"}' })
                .then(({ type }) =>
                  type
                ));
            const frame = document.createElement("iframe");
            frame.src = `${target}/`;
            const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
            document.body.append(frame);
            await loaded;
            await attempt(
              "frame",
              () => Promise.resolve(frame.contentDocument === null ? "blocked" : "open"),
            );
            const form = document.createElement("form");
            form.method = "POST";
            form.enctype = "text/plain";
            form.action = `${target}/api/exec`;
            form.target = "other";
            document.body.append(form);
            form.submit();
            return attempts;
          }, { target: server.url, token: TOKEN });
          assert.deepEqual(
            [got.read, got.json, got.simple, got.token],
            ["refused", "refused", "refused", "refused"],
          );
          const framed = page.frames().find((frame) => frame !== page.mainFrame());
          assert.equal(await framed?.locator("#page").count() ?? 0, 0, "the frame stays empty");
        } finally {
          await context.close();
          await evil.shutdown();
        }
        assert.deepEqual(await stage.files(), []);
      });
    }),
);

browserTest(
  "a script that got into the page could send nothing away and load nothing",
  () =>
    onStage(async (stage) => {
      let asked = 0;
      const other = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
        asked++;
        return new Response("", { headers: { "access-control-allow-origin": "*" } });
      });
      await onUi(stage, async ({ page, complaints }) => {
        await openView(page, "traces");
        const done = await page.evaluate(reachOut, `http://127.0.0.1:${other.addr.port}/`);
        assert.deepEqual(done, []);
        assert.ok(complaints.length > 3);
      });
      assert.equal(asked, 0);
      await other.shutdown();
    }),
);

browserTest(
  "packs with markup in every field are verified and shown as text",
  () =>
    onStage(async (stage) => {
      const pack = await runPackSample(await testKey(1), (run) => {
        run.run.run_id = HOSTILE[1];
      });
      await stage.write("p.zip", pack);
      await onUi(stage, async ({ page, complaints }) => {
        await openView(page, "verify");
        await page.setInputFiles("#pick-files", stage.path("p.zip"));
        await page.waitForSelector("#verify-status[data-checked='1']");
        assert.equal(await page.evaluate(() => "harmed" in globalThis), false);
        assert.equal(await page.locator(".result img").count(), 0);
        assert.deepEqual(complaints, []);
      });
    }),
);
