import assert from "node:assert/strict";
import type { FetchAnswer, Http } from "../effects/types.ts";
import { GaitError } from "../errors/mod.ts";
import { fakeEffects } from "../../tests/support/fake_effects.ts";
import { fetchDocument, type FetchOptions } from "./fetch.ts";

const RULES: FetchOptions = { hosts: ["a.test"], allowHttp: false, attempts: 3, delay: 100 };

const ok: FetchAnswer = { status: 200, location: undefined, body: new Uint8Array([1]) };
const status = (code: number, location?: string): FetchAnswer => ({
  status: code,
  location,
  body: new Uint8Array(),
});

/** Ask a network that answers like this, one after the other. */
async function ask(
  answers: readonly (FetchAnswer | GaitError)[],
  { rules = RULES, url = "https://a.test/p", minutes = 0, reaches = ["a.test"] }: {
    rules?: FetchOptions;
    url?: string;
    /** Time that passes with each answer. */
    minutes?: number;
    reaches?: readonly string[];
  } = {},
) {
  const asked: string[] = [];
  const waited: number[] = [];
  let now = 0;
  const http: Http = {
    exchange: () => Promise.reject(new Error("a registry is asked for whole documents")),
    mayReach: (url) => reaches.includes(new URL(url).hostname),
    get({ url }) {
      const answer = answers[asked.push(url) - 1]!;
      now += minutes * 60_000;
      return answer instanceof GaitError ? Promise.reject(answer) : Promise.resolve(answer);
    },
    wait: (milliseconds) => Promise.resolve(void waited.push(milliseconds)),
  };
  const effects = fakeEffects({ http: () => Promise.resolve(http), now: () => now });
  const ended = await fetchDocument(new URL(url), 100, rules, effects).then(
    () => undefined,
    (error) => error,
  );
  return { asked, waited, ended };
}

const transient = new GaitError("network_transient", "x");

Deno.test("fetchDocument() tries again after what may pass, with pauses that double, and no more often than allowed", async () => {
  for (const passing of [transient, status(429), status(502), status(503), status(504)]) {
    const { asked, waited, ended } = await ask([passing, passing, ok]);
    assert.deepEqual([asked.length, ended], [3, undefined]);
    assert.ok(
      waited[0]! >= 100 && waited[0]! <= 125 && waited[1]! >= 200 && waited[1]! <= 250,
      String(waited),
    );
  }
  const exhausted = await ask([transient, transient, transient, ok]);
  assert.deepEqual([exhausted.asked.length, exhausted.ended.kind], [3, "network_transient"]);
});

Deno.test("fetchDocument() does not try again after anything else", async () => {
  for (
    const answer of [
      new GaitError("network_permanent", "x"),
      ...[404, 500, 401, 206, 204, 304].map((code) => status(code)),
      status(302),
    ]
  ) {
    const { asked, ended } = await ask([answer, ok]);
    assert.deepEqual([asked.length, ended.kind, ended.code], [1, "network_permanent", "verification_failed"]);
  }
});

Deno.test("fetchDocument() begins no try two minutes after the first, and makes no pause that lasts", async () => {
  const slow = await ask(Array(9).fill(transient), { rules: { ...RULES, attempts: 9 }, minutes: 1 });
  assert.equal(slow.asked.length, 2);
  const { waited } = await ask(Array(99).fill(transient), { rules: { ...RULES, attempts: 99, delay: 1e9 } });
  assert.ok(waited.length === 98 && waited.every((pause) => pause <= 30_100));
});

Deno.test("fetchDocument() looks at scheme and host before permission, on every hop", async () => {
  for (
    const [url, code] of [
      ["http://a.test/", "verification_failed"],
      ["https://b.test/", "verification_failed"],
      ["https://a.test.b.test/", "verification_failed"],
      ["https://u@a.test/", "verification_failed"],
      ["https://a.test/", "unsafe_operation"],
      ["https://A.TEST:8443/", "unsafe_operation"],
    ]
  ) {
    const { asked, ended } = await ask([ok], { url: url!, reaches: [] });
    assert.deepEqual([asked, ended.code], [[], code], url);
  }
  for (
    const [location, code] of [
      ["http://a.test/", "verification_failed"],
      ["//b.test/", "verification_failed"],
      ["https://:p@a.test/", "verification_failed"],
    ]
  ) {
    const { asked, ended } = await ask([status(301, location), ok]);
    assert.deepEqual([asked.length, ended.code], [1, code], location);
  }
  const hosts = ["a.test", "b.test"];
  const beyond = await ask([status(308, "https://b.test/"), ok], { rules: { ...RULES, hosts } });
  assert.deepEqual([beyond.asked.length, beyond.ended.code], [1, "unsafe_operation"]);
  const within = await ask([status(303, "q/r"), ok], { rules: { ...RULES, hosts } });
  assert.deepEqual(within.asked, ["https://a.test/p", "https://a.test/q/r"]);
});
