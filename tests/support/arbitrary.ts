import fc from "fast-check";
import { ZERO_TIME } from "../../lib/formats/time.ts";
import { inferEndpointDomain } from "../../lib/intent/url_host.ts";
import type { Delegation, Intent, Script, Target } from "../../lib/intent/types.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";
import type { Limit, Match, Policy, Rule } from "../../lib/policy/types.ts";
import { VERDICTS } from "../../lib/schema/verdict.ts";
import {
  aDataflowRule,
  aDelegation,
  anEndpointRule,
  anIntent,
  aPolicy,
  aRule,
  aTarget,
  provenanceOf,
  SOME_DIGEST,
} from "./gate.ts";

/*
 * Policies and intents from small vocabularies, so that rules match often, and each other, and targets hit lists.
 */

const TOOLS = ["tool.read", "tool.write", "tool.delete", "node.list"];
/** Tools that run what they are given; slow_evaluator.ts lists them again. */
const SHELLS = ["mcp.shell.bash", "run_python", "node"];
const RISKS = ["low", "high", "critical", "odd"];
const KINDS = ["path", "url", "host", "bucket", "other"];
const VALUES = ["/a", "/a/b", "/a/b/c", "/etc/x.log", "x", "api.test", "127.0.0.1"];
/** Other spellings of paths of the lists, and paths that only look like ones. */
const HOSTILE_PATHS = [
  "//a///b/",
  "/a/./b",
  "/x/../a/b",
  "/a/b/../../etc/x.log",
  "/../a",
  "/a/%62",
  "/a/%2562",
  "/a/%2e%2e/etc/x.log",
  "/a%2fb",
  "/a/..%2fb",
  "\\a\\b",
  "/a\\..\\b",
  "/A/B",
  "/a-b",
  "/ab",
  "./a",
  "a/../b",
  "../a",
  "../../a/b",
  "..",
  "~/a",
  "~ana/x",
  "~/../a",
  "/a/b\0c",
  "/a/%00",
  "/a/%c0%ae%c0%ae/b",
  "/a/100%",
  "/proc/self/root/a/b",
  "//proc/12/root/../a/b",
  "/private/etc/x.log",
  "/",
  ".",
];
/** Other spellings of hosts of the lists, and hosts that only look like ones. */
const HOSTILE_HOSTS = [
  "api.test",
  "API.test.",
  "api。test",
  "ａｐｉ.test",
  "a.corp.test:443",
  "a.corp.test..",
  "corp.test",
  "xcorp.test",
  "a_b.test",
  "evil.test?.corp.test",
  "evil.test#.corp.test",
  "evil.test\\.corp.test",
  "api.test@evil.test",
  "evil.test@api.test",
  "a@b@api.test",
  "evil.test/.corp.test",
  "e%76il.test",
  "api.test/%zz",
  "api.test/%2f",
  "api.test#%zz",
  "127.0.0.1",
  "2130706433",
  "0x7f.1",
  "0177.0.0.1",
  "127.1:80",
  "256.1.1.1",
  "010.0.0.1",
  "10.0.0.1",
  "[::1]",
  "[::ffff:127.0.0.1]:80",
  "[0:0::1]",
  "[::1",
  "localhost",
  "0",
  "bücher.test",
  "xn--bcher-kva.test",
  ":80",
  "api.test:8x",
  "ap i.test",
  "ap\ti.test",
  "",
];
const URL_STARTS = [
  "https://",
  "https://",
  "https://",
  "HTTP://",
  "//",
  "https:",
  "https:/",
  "https:\\\\",
  "https:///",
  "",
];
const OPERATIONS = ["", "read", "write", "delete", "force-wipe", "run"];
const CLASSES = ["fs.read", "fs.write", "fs.delete", "net.http", "net.dns", "proc.exec", "other"];
const DOMAINS = ["", "", "api.test", "api.test.", "a.corp.test", "corp.test", "127.0.0.1", "a b"];
const PATH_PATTERNS = ["/a", "/a/**", "/a/*", "/**", "/*/[b-d]", "/etc/?.log", "[", "/a/[^b]/**", "\\/a"]
  .concat(
    ["//a/./b", "/x/../a/**", "/etc/", "/A/**", "./**", "../**", "*", "*/*", "~/**", "?/a", "/"],
  );
const DOMAIN_PATTERNS = ["api.test", "*.corp.test", "a*.test", "*", "[a-b].corp.test", "x["].concat(
  [
    "API.test.",
    "bücher.test",
    "127.0.0.1",
    "0x7f000001",
    "10.*",
    "::1",
    "localhost",
    "https://api.test/x",
    "evil.test:80",
  ],
);
const SENSITIVITIES = ["", "secret"];
const METHODS = ["mcp", "unknown"];
const SOURCES = ["user", "external", "tool_output"];
const PEOPLE = ["lead", "agent", "svc.ledger"];
const SCOPES = ["", "write", "read"];
const PUBLISHERS = ["acme", "Other"];

const verdict = fc.constantFrom(...VERDICTS);
const action = fc.constantFrom("block" as const, "require_approval" as const);

/** A list as parsing leaves it: unique and sorted, mostly empty. */
function lists(texts: readonly string[]): fc.Arbitrary<string[]> {
  const full = texts.filter((text) => text !== "");
  const some = fc.uniqueArray(fc.constantFrom(...full), { minLength: 1, maxLength: 3 }).map((list) =>
    list.sort()
  );
  return fc.oneof({ weight: 14, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: some });
}

/** Lists that are mostly full. */
function fullLists(texts: readonly string[]): fc.Arbitrary<string[]> {
  return fc.uniqueArray(fc.constantFrom(...texts), { maxLength: 3 }).map((list) => list.sort());
}

function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

/** Members that are `undefined` left out, as types with exact optional members want them. */
function defined<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

const hint = fc.option(fc.boolean(), { nil: undefined, freq: 20 });

const match: fc.Arbitrary<Partial<Match>> = fc.record({
  toolNames: lists(TOOLS),
  riskClasses: lists(RISKS),
  targetKinds: lists(KINDS),
  targetValues: lists(VALUES),
  endpointClasses: lists(CLASSES),
  discoveryMethod: lists(METHODS),
  toolAnnotations: fc.record({
    readOnlyHint: hint,
    destructiveHint: hint,
    idempotentHint: hint,
    openWorldHint: hint,
  })
    .map(defined),
  skillPublishers: lists(["acme", "other"]),
  skillSources: lists(["registry"]),
  dataClasses: lists(SENSITIVITIES),
  destinationKinds: lists(KINDS),
  destinationValues: lists(VALUES),
  destinationOperations: lists(OPERATIONS),
  provenanceSources: lists(SOURCES),
  identities: lists(PEOPLE),
  workspacePrefixes: lists(["/srv", "/srv/", "/home", "/x/../srv/led"]),
  contextToolNames: lists(TOOLS),
  contextDataClasses: lists(["pii"]),
  contextEndpointClasses: lists(CLASSES),
  contextAutonomyLevels: lists(["full"]),
  requireDelegation: fc.oneof({ weight: 20, arbitrary: fc.constant(false) }, {
    weight: 1,
    arbitrary: fc.constant(true),
  }),
  allowedDelegatorIdentities: lists(PEOPLE),
  allowedDelegateIdentities: lists(PEOPLE),
  delegationScopes: lists(SCOPES),
  maxDelegationDepth: fc.option(fc.nat(2), { nil: undefined, freq: 20 }),
}, { requiredKeys: [] }).map(defined) as fc.Arbitrary<Partial<Match>>;

const limit: fc.Arbitrary<Limit> = fc.record({
  requests: fc.integer({ min: 1, max: 3 }),
  window: fc.constantFrom("minute" as const, "hour" as const),
  scope: fc.constantFrom("tool" as const, "identity" as const, "tool_identity" as const),
}, { noNullPrototype: true });

const endpoint = fc.record({
  pathAllowlist: fullLists(PATH_PATTERNS),
  pathDenylist: lists(PATH_PATTERNS),
  domainAllowlist: lists(DOMAIN_PATTERNS),
  domainDenylist: lists(DOMAIN_PATTERNS),
  egressClasses: lists(["net.dns", "net.http"]),
  checkArgs: fc.boolean(),
  action,
  destructiveAction: fc.constantFrom("" as const, "block" as const, "require_approval" as const),
}).map(anEndpointRule);

const dataflow = fc.record({
  taintedSources: fc.constantFrom(["external", "tool_output"], ["user"]),
  destinationKinds: lists(KINDS),
  destinationValues: lists(VALUES),
  destinationOperations: lists(OPERATIONS),
  action,
}).map(aDataflowRule);

/** A rule of some effect and name. */
export const rules: fc.Arbitrary<Rule> = fc.record({
  name: fc.constantFrom("a", "b", "c-d", "E f", "g"),
  priority: fc.integer({ min: -1, max: 0 }),
  effect: verdict,
  match,
  reasonCodes: fc.constantFrom([], ["r1"], ["r1", "r2"]),
  violations: fc.constantFrom([], ["v1"], ["v1", "v2"]),
  minApprovals: fc.nat(3),
  requireDistinctApprovers: fc.boolean(),
  requireContextEvidence: fc.constantFrom(false, false, false, true),
  requiredContextEvidenceMode: fc.constantFrom("" as const, "" as const, "required" as const),
  maxContextAgeSeconds: fc.constantFrom(0, 0, 0, 10),
  requireBrokerCredential: fc.boolean(),
  brokerReference: fc.constantFrom("", "vault", "b"),
  brokerScopes: fc.constantFrom([], ["read"], ["read", "write"]),
  rateLimit: maybe(limit),
  destructiveBudget: maybe(limit),
  endpoint: maybe(endpoint),
  dataflow: maybe(dataflow),
}).map((parts) => aRule(defined(parts) as Parameters<typeof aRule>[0]));

/** A policy of up to eight rules. */
export const policies: fc.Arbitrary<Policy> = fc.record({
  defaultVerdict: verdict,
  rules: fc.array(rules, { maxLength: 8 }),
  failClosed: fc.record({
    enabled: fc.constantFrom(false, false, true),
    riskClasses: fc.constantFrom(["critical", "high"], ["low"]),
    requiredFields: fullLists([
      "targets",
      "arg_provenance",
      "endpoint_class",
      "delegation",
      "context_evidence",
    ]),
  }),
  scripts: maybe(fc.record({
    maxSteps: fc.nat(3),
    requireApprovalAbove: fc.nat(3),
    blockMixedRisk: fc.boolean(),
  })),
}).map(({ rules, ...parts }) => aPolicy([...rules].sort(inOrder), defined(parts) as Partial<Policy>));

function inOrder(left: Rule, right: Rule): number {
  return left.priority - right.priority || (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
}

/** A kind with a value of it, mostly a plain one. */
const placed = fc.constantFrom(...KINDS).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    value: fc.oneof(
      fc.constantFrom(...VALUES),
      kind === "path"
        ? fc.constantFrom(...HOSTILE_PATHS)
        : kind === "host"
        ? fc.constantFrom(...HOSTILE_HOSTS)
        : fc.tuple(fc.constantFrom(...URL_STARTS), fc.constantFrom(...HOSTILE_HOSTS)).map((parts) =>
          parts.join("")
        ),
    ),
  })
);

const targets: fc.Arbitrary<Target[]> = fc.array(
  fc.record({
    placed,
    operation: fc.constantFrom(...OPERATIONS),
    sensitivity: fc.constantFrom(...SENSITIVITIES),
    endpointClass: fc.constantFrom(...CLASSES),
    claim: fc.constantFrom(...DOMAINS),
    destructive: fc.constantFrom(false, false, true),
    discoveryMethod: fc.constantFrom(...METHODS),
    readOnlyHint: fc.boolean(),
    destructiveHint: fc.boolean(),
    idempotentHint: fc.boolean(),
    openWorldHint: fc.boolean(),
  }).map(({ placed: { kind, value }, claim, ...parts }) =>
    // As parsing leaves it: the domain is what is claimed, else what the value says.
    aTarget({ kind, value, ...parts, endpointDomain: claim || inferEndpointDomain(kind, value) })
  ),
  { maxLength: 3 },
);

/** A text of an argument. One that a shell may take for a pattern is an address: the slow evaluator knows no patterns. */
const named = placed.map(({ value }) =>
  /[*?[{]/.test(value) && !/^(?:https?:|\/\/)/i.test(value) ? "x" : value
);

/** Arguments that name places, or nothing that is one. */
const args: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: named.map((value) => ({ where: value })) },
  {
    weight: 1,
    arbitrary: fc.tuple(named, named).map(([one, other]) => ({
      files: [{ [one]: 1, text: "what it says", deep: [null, [other]] }],
    })),
  },
);

const provenance = fc.array(fc.constantFrom(...SOURCES), { maxLength: 2 }).map((list) =>
  provenanceOf(...list)
);

const delegation: fc.Arbitrary<Delegation> = fc.record({
  chain: fc.array(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 4 }),
  scopeClass: fc.constantFrom(...SCOPES),
}).map(({ chain, scopeClass }) => aDelegation(chain, { scopeClass }));

const tool = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...TOOLS) }, {
  weight: 1,
  arbitrary: fc.constantFrom(...SHELLS),
});

const script: fc.Arbitrary<Script> = fc.array(
  fc.record({ toolName: tool, args, targets, provenance }),
  { minLength: 1, maxLength: 4 },
).map((steps) => ({ steps, hash: SOME_DIGEST }));

const authContext = fc.record({
  "wrkr.tool_name": fc.constantFrom("tool.read", " Tool.Write ", 7),
  "wrkr.data_class": fc.constantFrom("pii", "PII", ""),
  "wrkr.endpoint_class": fc.constantFrom(...CLASSES),
  "wrkr.autonomy_level": fc.constantFrom("full", "none"),
  context_age_seconds: fc.constantFrom<number | string>(0, 10, 11, -1, "5"),
}, { requiredKeys: [] }).map((members) => ({ ...members }));

/** An intent: a call or a script. */
export const intents: fc.Arbitrary<Intent> = fc.record({
  toolName: tool,
  args,
  targets,
  provenance,
  skill: maybe(fc.record({
    skillName: fc.constant("skill"),
    skillVersion: fc.constant(""),
    source: fc.constantFrom("registry", "git"),
    publisher: fc.constantFrom(...PUBLISHERS),
    digest: fc.constant(""),
    signatureKeyId: fc.constant(""),
  })),
  delegation: maybe(delegation),
  script: maybe(script),
  createdAt: fc.constant(ZERO_TIME),
  context: fc.record({
    identity: fc.constantFrom(...PEOPLE),
    workspace: fc.constantFrom(
      "/srv/ledger",
      "/srv/ledger",
      "/home/ana",
      "/tmp",
      "/srv",
      "/srv-evil",
      "/srv/../tmp",
      "/SRV/x",
      "/srv/%2e%2e/tmp",
      "//srv",
      "/srv\0",
    ),
    riskClass: fc.constantFrom(...RISKS),
    phase: fc.constantFrom("plan" as const, "apply" as const),
    authContext,
    contextSetDigest: fc.constantFrom("", SOME_DIGEST),
    contextEvidenceMode: fc.constantFrom("" as const, "best_effort" as const, "required" as const),
  }),
}).map((parts) => anIntent(defined(parts) as Parameters<typeof anIntent>[0]));

/** A rule that is about places alone, with a call that it matches. */
export const placedCalls: fc.Arbitrary<{ readonly policy: Policy; readonly intent: Intent }> = fc.record({
  effect: fc.constantFrom("allow" as const, "block" as const),
  endpoint: fc.record({
    pathAllowlist: fullLists(PATH_PATTERNS),
    pathDenylist: fullLists(PATH_PATTERNS),
    domainAllowlist: fullLists(DOMAIN_PATTERNS),
    domainDenylist: fullLists(DOMAIN_PATTERNS),
    egressClasses: lists(["net.dns", "net.http"]),
    checkArgs: fc.boolean(),
  }, { requiredKeys: [] }).map(anEndpointRule),
  match: fc.constantFrom<Partial<Match>>(
    ...Array.from({ length: 7 }, () => ({})),
    { workspacePrefixes: ["/srv"] },
    { workspacePrefixes: ["/srv/"] },
    { workspacePrefixes: ["/srv/./led"] },
    { targetValues: ["/a/b"] },
    { destinationValues: ["127.0.0.1"] },
  ),
  targets: fc.oneof({ weight: 4, arbitrary: targets.map((list) => list.slice(0, 1)) }, targets),
  intent: intents,
}).map(({ effect, endpoint, match, targets, intent: { script: _, ...intent } }) => ({
  policy: aPolicy([aRule({ effect, endpoint, match })]),
  intent: { ...intent, targets },
}));
