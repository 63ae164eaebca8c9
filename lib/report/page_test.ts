import assert from "node:assert/strict";
import type { Rfc3339 } from "../formats/time.ts";
import type { TopReport } from "./top.ts";
import { makeTopPage } from "./page.ts";

const EVIL = `</td><script>alert("1")</script>'\u202e\u0000`;

function report(name: string): TopReport {
  const entry = {
    score: 448,
    tool_class: "destructive" as const,
    blast_radius: 3 as const,
    run_id: name,
    tool_name: name,
    verdict: name,
    reason_codes: [name],
    source_type: "trace" as const,
    source_artifact: name,
  };
  const action = {
    entry,
    time: "2026-03-01T23:30:00-02:00" as Rfc3339,
    identity: name,
    workspace: name,
  };
  return {
    runCount: 1,
    traceCount: 1,
    actionCount: 1,
    top: [{ rank: 1, ...entry }],
    actions: [action, { ...action, time: undefined }],
    groups: [{ name, actions: 1, top_score: 448, total_score: 448 }],
    unreadable: [],
    since: undefined,
    between: undefined,
  };
}

const page = async (name: string) => new TextDecoder().decode(await makeTopPage(report(name), "1.2.3"));

Deno.test("makeTopPage() lets no name become markup, and shows nothing invisible raw", async () => {
  const text = await page(EVIL);
  for (const raw of ["<script", "\u202e", "\u0000"]) assert.ok(!text.includes(raw));
  const [plain, evil] = [await page("x"), text].map((page) => page.match(/<[a-z]+/g)!.join(" "));
  assert.equal(evil, plain);
});

Deno.test("makeTopPage() loads nothing, runs nothing, and allows its own style by its digest", async () => {
  const text = await page("x");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)![1]!;
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)![1]!;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
  assert.ok(policy.startsWith(`default-src 'none'; style-src 'sha256-${digest.toBase64()}'`));
  assert.ok(!/\b(?:src|href|style|on[a-z]+)=/.test(text.replace(/<meta[^>]*>/g, "")));
});

Deno.test("makeTopPage() gives the same bytes for the same report, and the day in UTC", async () => {
  assert.equal(await page("x"), await page("x"));
  assert.ok((await page("x")).includes(">2026-03-02<"));
});
