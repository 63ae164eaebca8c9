import assert from "node:assert/strict";
import {
  aDeletion,
  anEndpointRule,
  anIntent,
  aPolicy,
  aRule,
  aScript,
  aTarget,
} from "../../tests/support/gate.ts";
import type { Target } from "../intent/types.ts";
import type { EndpointRule } from "../policy/types.ts";
import { evaluate } from "./evaluate.ts";

const PATHS = { pathAllowlist: ["/srv/**"] };
const DOMAINS = { domainAllowlist: ["api.test"] };
const EGRESS = { egressClasses: ["net.http"] };

const aUrl = (value: string, parts: Partial<Target> = {}) =>
  aTarget({ kind: "url", value, endpointClass: "net.http", ...parts });
const file = aTarget({ value: "/srv/a" });
const url = aUrl("https://api.test/", { endpointDomain: "api.test" });
const table = aTarget({ kind: "table", value: "t", endpointClass: "other" });
const execution = aTarget({ kind: "other", value: "ls", endpointClass: "proc.exec" });

/** The endpoint codes for a call with these targets; none when it is allowed. */
function codes(endpoint: Partial<EndpointRule>, ...targets: Target[]): readonly string[] {
  const rule = aRule({ reasonCodes: ["r"], endpoint: anEndpointRule(endpoint) });
  const { verdict, reasonCodes, violations } = evaluate(aPolicy([rule]), anIntent({ targets }));
  const found = reasonCodes.filter((code) => code !== "r" && code !== "endpoint_constraint_violation");
  assert.equal(verdict, found.length === 0 ? "allow" : "block");
  assert.deepEqual(violations.filter((code) => code !== "endpoint_constraint_violation"), found);
  return found;
}

Deno.test("an allow list that has nothing to check is not satisfied", () => {
  const unchecked = ["endpoint_nothing_checked"];
  for (
    const lists of [PATHS, DOMAINS, EGRESS, { ...PATHS, ...DOMAINS }, { ...PATHS, ...DOMAINS, ...EGRESS }]
  ) {
    assert.deepEqual(codes(lists), unchecked, JSON.stringify(lists));
    assert.deepEqual(codes(lists, table), unchecked, JSON.stringify(lists));
  }
  assert.deepEqual(codes(DOMAINS, file), unchecked);
  assert.deepEqual(codes({ ...DOMAINS, ...EGRESS }, file), unchecked);
  assert.deepEqual(codes(PATHS, url, table), unchecked);
  assert.deepEqual(codes(PATHS, aUrl("https:evil.test")), unchecked);
  assert.deepEqual(codes(EGRESS, file, table), unchecked);
  assert.deepEqual(
    evaluate(
      aPolicy([aRule({ endpoint: anEndpointRule({ ...PATHS, action: "require_approval" }) })]),
      anIntent(),
    ).verdict,
    "require_approval",
  );
});

Deno.test("one allow list of a block with something to check is enough", () => {
  assert.deepEqual(codes({ ...PATHS, ...DOMAINS, ...EGRESS }, file), []);
  assert.deepEqual(codes({ ...PATHS, ...DOMAINS }, url), []);
  assert.deepEqual(codes(DOMAINS, url, table), []);
  assert.deepEqual(codes(EGRESS, url, execution), []);
});

Deno.test("calls that are outside its concern pass a list of paths and of egress classes, as cases demand", () => {
  assert.deepEqual(codes(PATHS, url), []);
  assert.deepEqual(codes(EGRESS, file), []);
  assert.deepEqual(codes(EGRESS, execution), ["endpoint_nothing_checked"]);
});

Deno.test("a URL that claims a class of files is held to the egress classes", () => {
  for (const endpointClass of ["fs.read", "other", "proc.exec"]) {
    assert.deepEqual(codes(EGRESS, { ...url, endpointClass }), ["endpoint_egress_class_not_allowed"]);
  }
  const disguised = aTarget({ kind: "repo", value: "https://api.test/r", endpointClass: "fs.read" });
  assert.deepEqual(codes(EGRESS, disguised), ["endpoint_egress_class_not_allowed"]);
});

Deno.test("deny lists and destructive_action alone ask for no targets", () => {
  assert.deepEqual(codes({ pathDenylist: ["/etc/**"], domainDenylist: ["evil.test"] }), []);
  assert.deepEqual(codes({ destructiveAction: "block" }), []);
});

Deno.test("a host that can't be read is denied and not allowed, and the code says so", () => {
  const bad = aUrl("https://evil.test/%zz");
  assert.deepEqual(codes(DOMAINS, bad), ["endpoint_domain_not_allowlisted", "endpoint_domain_unreadable"]);
  assert.deepEqual(codes({ domainDenylist: ["x.test"] }, bad), [
    "endpoint_domain_denied",
    "endpoint_domain_unreadable",
  ]);
  assert.deepEqual(codes({ pathDenylist: ["/x"] }, aTarget({ value: "/a\0" })), [
    "endpoint_path_denied",
    "endpoint_path_unreadable",
  ]);
});

Deno.test("a claimed domain that is not that of the value is blocked, with any endpoint block", () => {
  const lie = aUrl("https://evil.test/", { endpointDomain: "api.test" });
  assert.deepEqual(codes(DOMAINS, lie), ["endpoint_domain_mismatch", "endpoint_domain_not_allowlisted"]);
  assert.deepEqual(codes({ domainDenylist: ["evil.test"] }, lie), [
    "endpoint_domain_denied",
    "endpoint_domain_mismatch",
  ]);
  assert.deepEqual(codes({ destructiveAction: "block" }, lie), ["endpoint_domain_mismatch"]);
  for (const claim of ["api.test", "api.test.", "api.test:443", "api。test"]) {
    assert.deepEqual(codes(DOMAINS, { ...url, endpointDomain: claim }), [], claim);
  }
  const address = aUrl("https://0x7f.1/", { endpointDomain: "127.0.0.1" });
  assert.deepEqual(codes({ domainAllowlist: ["127.0.0.1"] }, address), []);
});

Deno.test("a URL in a target of another kind is held to the lists of domains and paths", () => {
  const repo = aTarget({ kind: "repo", value: "https://evil.test/r.git", endpointClass: "other" });
  assert.deepEqual(codes({ domainDenylist: ["evil.test"] }, repo), ["endpoint_domain_denied"]);
  assert.deepEqual(codes({ pathDenylist: ["/etc/**"] }, aUrl("file:///etc/passwd")), [
    "endpoint_path_denied",
  ]);
  const topic = aTarget({ kind: "topic", value: "t", endpointClass: "other", endpointDomain: "api.test" });
  assert.deepEqual(codes(DOMAINS, topic), []);
});

Deno.test("targets that a script names and no step does are held to the lists of every step's rule", () => {
  const outcomeOf = (endpoint: Partial<EndpointRule>, own: Target[], ...steps: [string, ...Target[]][]) =>
    evaluate(
      aPolicy([aRule({ endpoint: anEndpointRule(endpoint) })]),
      anIntent({ toolName: "script", script: aScript(...steps), targets: own }),
    );
  const denied = outcomeOf({ pathDenylist: ["/etc/**"] }, [aTarget({ value: "/etc/x" })], ["a", file]);
  assert.equal(denied.verdict, "block");
  assert.equal(outcomeOf(PATHS, [file], ["a", file]).verdict, "allow");
  // The targets of the script, and those of another step, prove nothing for a step.
  assert.equal(outcomeOf(PATHS, [file], ["a"]).verdict, "block");
  assert.equal(outcomeOf(PATHS, [file], ["a", file], ["b"]).verdict, "block");
  assert.equal(outcomeOf({}, [aDeletion({ value: "/x" })], ["a", file]).verdict, "require_approval");
});

Deno.test("a claimed domain is no host: it excuses no path list, and makes no path a host", () => {
  const claim = { endpointDomain: "api.test" };
  const unchecked = ["endpoint_nothing_checked"];
  assert.deepEqual(codes(PATHS, { ...table, ...claim, value: "/etc/passwd" }), unchecked);
  assert.deepEqual(codes(DOMAINS, { ...file, ...claim }), unchecked);
  assert.deepEqual(codes(DOMAINS, { ...table, ...claim }), []);
  assert.deepEqual(codes(EGRESS, { ...table, endpointClass: "fs.read" }), unchecked);
});

Deno.test("hosts in values of other kinds are held to the lists of domains and of egress", () => {
  for (const value of ["sftp://evil.test/x", "git+ssh://evil.test/x", "git@evil.test:x/y", "//evil.test/x"]) {
    const target = aTarget({ kind: "repo", value, endpointClass: "fs.read" });
    assert.deepEqual(codes(DOMAINS, url, target), ["endpoint_domain_not_allowlisted"], value);
    assert.deepEqual(codes({ domainDenylist: ["evil.test"] }, target), ["endpoint_domain_denied"], value);
    assert.deepEqual(codes(EGRESS, url, target), ["endpoint_egress_class_not_allowed"], value);
    const claiming = { ...target, endpointDomain: "api.test" };
    assert.ok(codes(DOMAINS, claiming).includes("endpoint_domain_mismatch"), value);
  }
});

Deno.test("a path in a target of another kind hits deny lists of paths, and satisfies no allow list", () => {
  const denied = { pathDenylist: ["/etc/**", "C:/Users/**", "~/.ssh/**"] };
  const values = [
    "/etc/shadow",
    " \t/etc/shadow",
    "/srv/../etc/shadow",
    "../../../etc/shadow",
    "./../../etc/shadow",
    "c:\\users\\ana",
    "~/.ssh/id",
    "$HOME/.ssh/id",
    "fi\nle:///etc/shadow",
    "sqlite:////etc/x.db",
  ];
  for (const kind of ["url", "repo", "table", "bucket"]) {
    for (const value of values) {
      const target = aTarget({ kind, value, endpointClass: "other" });
      assert.deepEqual(codes(denied, target), ["endpoint_path_denied"], `${kind} ${value}`);
      assert.deepEqual(codes({ pathAllowlist: ["/**"] }, target), ["endpoint_nothing_checked"], value);
    }
    for (const value of ["/srv/a", "https://api.test/etc/x", "//etc/x", "etc/x", "a:/x"]) {
      assert.deepEqual(
        codes(denied, aTarget({ kind, value, endpointClass: "other" })),
        [],
        `${kind} ${value}`,
      );
    }
  }
  const command = aTarget({ kind: "other", value: "/etc/init.d/x start", endpointClass: "proc.exec" });
  assert.deepEqual(codes(denied, command), []);
  const socket = aTarget({ kind: "other", value: "http+unix://%2Fetc%2Fx/y", endpointClass: "fs.read" });
  assert.deepEqual(codes(denied, socket), ["endpoint_path_denied"]);
  const wrapped = aTarget({ kind: "table", value: "php://filter/resource=http:x", endpointClass: "fs.read" });
  assert.deepEqual(codes(EGRESS, wrapped), ["endpoint_nothing_checked"]);
});
