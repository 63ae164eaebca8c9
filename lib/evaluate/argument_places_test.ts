import assert from "node:assert/strict";
import { anEndpointRule, anIntent, aPolicy, aRule } from "../../tests/support/gate.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { EndpointRule } from "../policy/types.ts";
import { argumentPlaces } from "./argument_places.ts";
import { evaluate } from "./evaluate.ts";

/** The codes of a rule that allows, for a call with these arguments and no targets. */
function codesOf(endpoint: Partial<EndpointRule>, args: JsonObject): readonly string[] {
  const policy = aPolicy([aRule({ effect: "allow", endpoint: anEndpointRule(endpoint) })]);
  return evaluate(policy, anIntent({ args })).violations
    .filter((code) => code !== "endpoint_constraint_violation");
}

const PATH = { pathDenylist: ["/etc/**", "/srv/ledger/keys/**"], checkArgs: true };
const HOST = { domainDenylist: ["*.evil.test"], checkArgs: true };

Deno.test("deny lists see what any argument names, however deep and in whatever spelling", () => {
  const denied: [Partial<EndpointRule>, JsonObject, string][] = [
    [PATH, { path: "/etc/passwd" }, "endpoint_path_denied"],
    [PATH, { a: [[{ b: ["/srv/../etc/passwd"] }]] }, "endpoint_path_denied"],
    [PATH, { files: { "/etc/passwd": "text" } }, "endpoint_path_denied"],
    [PATH, { path: "file:///etc/passwd" }, "endpoint_path_denied"],
    [PATH, { path: "%2fetc%2fpasswd" }, "endpoint_path_denied"],
    [PATH, { path: "keys/a.pem" }, "endpoint_path_denied"],
    [PATH, { path: "../../etc/passwd" }, "endpoint_path_denied"],
    [PATH, { path: "/etc/" + "./".repeat(4_000) + "passwd" }, "endpoint_path_denied"],
    [HOST, { url: "https://a.evil.test/x" }, "endpoint_domain_denied"],
    [HOST, { remote: "git@a.EVIL.test:x" }, "endpoint_domain_denied"],
    [HOST, { share: "\\\\a.evil.test\\x" }, "endpoint_domain_denied"],
  ];
  for (const [endpoint, args, code] of denied) {
    assert.ok(codesOf(endpoint, args).includes(code), JSON.stringify(args));
    assert.deepEqual(codesOf({ ...endpoint, checkArgs: false }, args), [], JSON.stringify(args));
  }
});

Deno.test("deny lists leave alone what is no place, or another one", () => {
  for (const text of ["", "see /etc/passwd", "passwd", "text/html", "/srv/ledger/a", "x".repeat(5_000)]) {
    assert.deepEqual(codesOf(PATH, { text, more: [text, 1, null, true] }), [], text);
  }
  // The name of a parameter is no place.
  assert.deepEqual(codesOf(PATH, { "/etc/passwd": "text" }), []);
  assert.deepEqual(codesOf(HOST, { url: "https://evil.test/", text: "evil" }), []);
});

Deno.test("allow lists refuse what begins as a place, and take nothing else for one", () => {
  const endpoint = { pathAllowlist: ["/srv/ledger/**"], checkArgs: true };
  const nothing = ["endpoint_nothing_checked"];
  assert.deepEqual(codesOf(endpoint, { text: "hello", type: "text/html" }), nothing);
  // An argument in order proves nothing about the call: an allow list needs a target.
  assert.deepEqual(codesOf(endpoint, { path: "/srv/ledger/a" }), nothing);
  assert.deepEqual(codesOf(endpoint, { path: "/srv/other" }), [...nothing, "endpoint_path_not_allowlisted"]);
  assert.deepEqual(codesOf(endpoint, { path: "./a" }), [...nothing, "endpoint_path_not_allowlisted"]);
  // What climbs is a path wherever it begins, with blanks in it, and escaped.
  for (const path of ["docs/../../etc/passwd", "my docs/../../etc", "docs/%2e%2e/..%2fetc", "a\\..\\..\\b"]) {
    assert.ok(codesOf(endpoint, { path }).includes("endpoint_path_not_allowlisted"), path);
    assert.ok(codesOf(PATH, { path: `${path}/../../../../etc/x` }).includes("endpoint_path_denied"), path);
  }
  assert.ok(codesOf(endpoint, { path: "a/%c0%ae%c0%ae/b" }).includes("endpoint_path_unreadable"));
  for (const text of ["docs/../a", "see ../a", "wait…", "100%", "a..b", "50 % of .. it"]) {
    assert.deepEqual(codesOf(endpoint, { text }), nothing, text);
  }
  const hosts = { domainAllowlist: ["api.test"], checkArgs: true };
  assert.deepEqual(codesOf(hosts, { url: "https://api.test/x" }), nothing);
  assert.deepEqual(codesOf(hosts, { url: "https://evil.test/x" }), [
    "endpoint_domain_not_allowlisted",
    ...nothing,
  ]);
});

Deno.test("arguments have no class: egress_classes alone look at none", () => {
  const endpoint = { egressClasses: ["net.dns"], checkArgs: true };
  assert.deepEqual(codesOf(endpoint, { url: "https://api.test/" }), ["endpoint_nothing_checked"]);
});

Deno.test("every step of a script counts with the arguments of the script", () => {
  const policy = aPolicy([aRule({ effect: "allow", endpoint: anEndpointRule(PATH) })]);
  const step = { toolName: "ledger.read", args: {}, targets: [], provenance: [] };
  const verdictOf = (args: JsonObject, ofStep: JsonObject) =>
    evaluate(
      policy,
      anIntent({ args, script: { steps: [{ ...step, args: ofStep }], hash: anIntent().argsDigest } }),
    )
      .verdict;
  assert.equal(verdictOf({}, {}), "allow");
  assert.equal(verdictOf({}, { path: "/etc/passwd" }), "block");
  assert.equal(verdictOf({ path: "/etc/passwd" }, {}), "block");
});

Deno.test("argumentPlaces() looks at a text once, and copes with any depth and number of them", () => {
  let deep: JsonObject = { path: "/etc/passwd" };
  for (let i = 0; i < 900; i++) deep = { deep };
  assert.deepEqual(argumentPlaces(deep, "/w").flatMap(({ path }) => path?.readings ?? []), ["/etc/passwd"]);
  const many = { list: Array.from({ length: 200_000 }, (_, i) => `/a/${i % 10}`) };
  assert.equal(argumentPlaces(many, "/w").length, 10);
});
