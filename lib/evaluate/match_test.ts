import assert from "node:assert/strict";
import { aDelegation, aDeletion, aMatch, anIntent, aTarget, provenanceOf } from "../../tests/support/gate.ts";
import type { Intent, SkillProvenance } from "../intent/types.ts";
import type { Match } from "../policy/types.ts";
import { factsOf } from "./facts.ts";
import { compileMatch } from "./match.ts";

const skill: SkillProvenance = {
  skillName: "s",
  skillVersion: "",
  source: "registry",
  publisher: "Acme",
  digest: "",
  signatureKeyId: "",
};
const auth = (members: Intent["context"]["authContext"]) => anIntent({ context: { authContext: members } });
const delegated = anIntent({ delegation: aDelegation(["lead", "mid", "agent"], { scopeClass: "write" }) });
const targeted = anIntent({ targets: [aTarget({ sensitivity: "secret", discoveryMethod: "mcp" })] });

/** A key, an intent that it fits, one that it does not. */
const KEYS: readonly (readonly [Partial<Match>, Intent, Intent])[] = [
  [{ toolNames: ["ledger.post"] }, anIntent(), anIntent({ toolName: "ledger.post2" })],
  [{ riskClasses: ["high", "low"] }, anIntent(), anIntent({ context: { riskClass: "medium" } })],
  [{ identities: ["svc.ledger"] }, anIntent(), anIntent({ context: { identity: "SVC.ledger" } })],
  [{ workspacePrefixes: ["/srv/led"] }, anIntent(), anIntent({ context: { workspace: "/home/srv/led" } })],
  [{ targetKinds: ["path"] }, targeted, anIntent({ targets: [aTarget({ kind: "url" })] })],
  [{ targetValues: ["/a"] }, targeted, anIntent({ targets: [aTarget({ value: "/A" })] })],
  [{ endpointClasses: ["fs.read"] }, targeted, anIntent({ targets: [aDeletion()] })],
  [{ discoveryMethod: ["mcp"] }, targeted, anIntent({ targets: [aTarget()] })],
  [{ dataClasses: ["secret"] }, targeted, anIntent({ targets: [aTarget()] })],
  [{ destinationKinds: ["path"] }, targeted, anIntent()],
  [{ destinationValues: ["/a"] }, targeted, anIntent()],
  [{ destinationOperations: ["read"] }, targeted, anIntent({ targets: [aDeletion()] })],
  [
    { provenanceSources: ["external"] },
    anIntent({ provenance: provenanceOf("user", "external") }),
    anIntent(),
  ],
  [{ skillPublishers: ["acme"] }, anIntent({ skill }), anIntent()],
  [{ skillSources: ["registry"] }, anIntent({ skill }), anIntent({ skill: { ...skill, source: "git" } })],
  [{ contextToolNames: ["t"] }, auth({ "wrkr.tool_name": " T " }), auth({ "wrkr.tool_name": 7 })],
  [{ contextDataClasses: ["pii"] }, auth({ "wrkr.data_class": "pii" }), auth({ data_class: "pii" })],
  [{ contextEndpointClasses: ["x"] }, auth({ "wrkr.endpoint_class": "x" }), auth({})],
  [
    { contextAutonomyLevels: ["full"] },
    auth({ "wrkr.autonomy_level": "full" }),
    auth({ "wrkr.autonomy_level": "" }),
  ],
  [{ requireDelegation: true }, delegated, anIntent()],
  [{ allowedDelegatorIdentities: ["lead"] }, delegated, anIntent()],
  [{ allowedDelegateIdentities: ["mid"] }, delegated, anIntent({ context: { identity: "mid" } })],
  [{ delegationScopes: ["write"] }, delegated, anIntent({ delegation: aDelegation(["lead", "agent"]) })],
  [{ maxDelegationDepth: 2 }, delegated, anIntent({ delegation: aDelegation(["a", "b", "c", "d"]) })],
  [{ maxDelegationDepth: 0 }, anIntent({ delegation: aDelegation(["a"]) }), anIntent()],
  [{ toolAnnotations: { destructiveHint: false } }, targeted, anIntent()],
  [
    { toolAnnotations: { readOnlyHint: true } },
    anIntent({ targets: [aTarget({ readOnlyHint: true })] }),
    targeted,
  ],
];

for (const [match, fitting, other] of KEYS) {
  Deno.test(`compileMatch() finds what matches ${JSON.stringify(match)}`, () => {
    const checks = compileMatch(aMatch(match), "allow");
    assert.equal(checks.length, 1);
    assert.equal(checks[0]!.holds(factsOf(fitting)), true);
    assert.equal(checks[0]!.holds(factsOf(other)), false);
  });
}

Deno.test("compileMatch() asks for nothing when nothing is given", () => {
  assert.deepEqual(compileMatch(aMatch(), "allow"), []);
});

Deno.test("compileMatch() lets different targets meet different keys", () => {
  const checks = compileMatch(aMatch({ targetKinds: ["url"], targetValues: ["/a"] }), "allow");
  const facts = factsOf(anIntent({ targets: [aTarget(), aTarget({ kind: "url", value: "https://x" })] }));
  assert.ok(checks.every((check) => check.holds(facts)));
});

Deno.test("compileMatch() lets a guard know a listed value in other spellings", () => {
  const spelled = anIntent({
    targets: [aTarget({ value: "/a/./b/../c" }), aTarget({ kind: "host", value: "0x7f.1" })],
  });
  for (const value of ["/a/c", "127.0.0.1"]) {
    for (const key of ["targetValues", "destinationValues"]) {
      const holds = (effect: "allow" | "block") =>
        compileMatch(aMatch({ [key]: [value] }), effect)[0]!.holds(factsOf(spelled));
      assert.deepEqual([holds("allow"), holds("block")], [false, true], `${key} ${value}`);
    }
  }
});

Deno.test("compileMatch() lets a guard know a listed URL in other spellings, and no other URL", () => {
  const wanted = aMatch({ targetValues: ["https://evil.test/x?q"] });
  const holds = (value: string, effect: "allow" | "block") =>
    compileMatch(wanted, effect)[0]!.holds(factsOf(anIntent({ targets: [aTarget({ kind: "url", value })] })));
  for (
    const value of [
      ...[
        "HTTPS://EVIL.test/x?q",
        "https://evil.test:443/x?q",
        "https://evil.test./x?q",
        "https:/evil.test/./x?q",
      ],
      ...["https://evil.test/%78?q", "https://u:p@evil.test/x?q#f", "https://ｅvil.test/a/../x?q"],
    ]
  ) {
    assert.deepEqual([holds(value, "allow"), holds(value, "block")], [false, true], value);
  }
  for (const value of ["https://evil.test/x", "https://evil.test/X?q", "http://evil.test/x?q", "x?q", "//"]) {
    assert.deepEqual([holds(value, "allow"), holds(value, "block")], [false, false], value);
  }
});

Deno.test("a guard also matches what looks like a listed text, but an identity letter by letter", () => {
  const looks = anIntent({
    toolName: "ledger.po\u200bst",
    targets: [
      aTarget({ kind: "table", value: "prod\u00addb", operation: "\uff52ead", sensitivity: "secret\u200b" }),
    ],
    context: { identity: "svc\u200b" },
  });
  const lists: Partial<Match>[] = [
    { toolNames: ["ledger.post"] },
    { targetValues: ["proddb"] },
    { destinationOperations: ["read"] },
    { dataClasses: ["secret"] },
    { identities: ["svc"] },
  ];
  for (const list of lists) {
    const of = (effect: "allow" | "block") => compileMatch(aMatch(list), effect)[0]!.holds(factsOf(looks));
    assert.deepEqual([of("allow"), of("block")], [false, !list.identities], JSON.stringify(list));
  }
});
