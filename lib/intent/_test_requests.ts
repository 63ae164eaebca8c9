import fc from "fast-check";
import type { JsonObject } from "../formats/json/mod.ts";
import {
  CONTEXT_EVIDENCE_MODES,
  DISCOVERY_METHODS,
  ENDPOINT_CLASSES,
  PHASES,
  PROVENANCE_SOURCES,
  TARGET_KINDS,
} from "../schema/intent_words.ts";

/** The smallest request; members given replace its own. */
export function request(members: JsonObject = {}): JsonObject {
  return { tool_name: "t", context: { identity: "ana", workspace: "/w", risk_class: "low" }, ...members };
}

/** A request whose context has these members. */
export function inContext(members: JsonObject): JsonObject {
  return request({ context: { identity: "ana", workspace: "/w", risk_class: "low", ...members } });
}

const BLANKS = ["", " ", "\t\n", "\u0085", "\u00a0 ", "\u3000"];

/** A text with blanks around it and, where it may, letters in the other case. */
function dressed(text: fc.Arbitrary<string>, anyCase = false): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...BLANKS), text, fc.constantFrom(...BLANKS), fc.boolean()).map(
    ([before, inner, after, up]) => before + (anyCase && up ? inner.toUpperCase() : inner) + after,
  );
}

const word = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9._/-]{0,8}$/),
  fc.constantFrom("Ünï", "😀", "a b", "__proto__"),
);
const someText = dressed(word, true);
const anyText = fc.oneof(someText, fc.constantFrom("", " "), fc.constant(null));
const digest = fc.oneof(fc.stringMatching(/^[0-9a-f]{64}$/), fc.constantFrom("", null));
const flag = fc.oneof(fc.boolean(), fc.constant(null));
const oneOf = (words: readonly string[]) => dressed(fc.constantFrom(...words), true);

/** JSON of any shape whose keys stay apart after trimming. */
const free: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.stringMatching(/^[a-zé_]{1,8}$/),
  fc.jsonValue({ depthSize: "small" }).map(withoutBlankKeys),
  { maxKeys: 4 },
);

// deno-lint-ignore no-explicit-any -- any JSON
function withoutBlankKeys(value: any): any {
  // Numbers that share their digest with others are refused.
  if (typeof value === "number" && Number.isInteger(value)) return value % 2 ** 53 || 0;
  if (Array.isArray(value)) return value.map(withoutBlankKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item], i) => [`${i}${key}.`, withoutBlankKeys(item)]),
  );
}

const operation = fc.constantFrom("", "read", "WRITE ", "delete", "exec", "dns", "frob");
const value = fc.oneof(
  word,
  fc.constantFrom("https://Api.test:1/x", "//h/y", "http://https://H:1", "/etc/x"),
);
const target = fc.record(
  {
    kind: oneOf(TARGET_KINDS),
    value: dressed(value),
    operation,
    sensitivity: anyText,
    endpoint_class: fc.oneof(oneOf(ENDPOINT_CLASSES), fc.constantFrom("", null)),
    endpoint_domain: anyText,
    destructive: flag,
    discovery_method: fc.oneof(oneOf(DISCOVERY_METHODS), fc.constantFrom("static-mcp", "dynamic mcp", null)),
    read_only_hint: flag,
    destructive_hint: flag,
    idempotent_hint: flag,
    open_world_hint: flag,
  },
  { requiredKeys: ["kind", "value"] },
);
const origin = fc.record(
  { arg_path: someText, source: oneOf(PROVENANCE_SOURCES), source_ref: anyText, integrity_digest: digest },
  { requiredKeys: ["arg_path", "source"] },
);
const call = {
  args: fc.oneof(free, fc.constant(null)),
  targets: fc.array(target, { maxLength: 3 }),
  arg_provenance: fc.array(origin, { maxLength: 3 }),
};
const step = fc.record({ tool_name: someText, ...call }, { requiredKeys: ["tool_name"] });

const delegation = fc.tuple(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(anyTextNotNull())).map(
  ([people, refs]): JsonObject => ({
    requester_identity: people.at(-1)!,
    token_refs: refs,
    issued_at: "2026-03-01T10:00:00.5+02:00",
    chain: people.slice(1).map((delegate, i) => ({
      delegator_identity: ` ${people[i]!}`,
      delegate_identity: delegate,
      scope_class: "Books ",
    })),
  }),
);

function anyTextNotNull(): fc.Arbitrary<string> {
  return fc.oneof(someText, fc.constant(" "));
}

/** Requests that can be normalised, written in every way that is allowed. */
export const requests: fc.Arbitrary<JsonObject> = fc.record(
  {
    created_at: fc.constantFrom("2026-03-01T08:00:00Z", "2026-03-01T10:00:00.120+02:00", null),
    tool_name: someText,
    ...call,
    script: fc.oneof(
      fc.constant(null),
      fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 3 }) }),
    ),
    skill_provenance: fc.record(
      { skill_name: someText, skill_version: anyText, source: someText, publisher: someText, digest },
      { requiredKeys: ["skill_name", "source", "publisher"] },
    ),
    delegation,
    context: fc.record(
      {
        identity: someText,
        workspace: dressed(fc.constantFrom("/w", "\\srv\\w", "w")),
        risk_class: someText,
        phase: fc.oneof(oneOf(PHASES), fc.constantFrom("", null)),
        job_id: anyText,
        auth_context: fc.oneof(free, fc.constant(null)),
        credential_scopes: fc.array(anyTextNotNull()),
        context_refs: fc.array(anyTextNotNull()),
        context_set_digest: digest,
        context_evidence_mode: oneOf(CONTEXT_EVIDENCE_MODES),
      },
      { requiredKeys: ["identity", "workspace", "risk_class"] },
    ),
  },
  { requiredKeys: ["tool_name", "context"] },
) as fc.Arbitrary<JsonObject>;
