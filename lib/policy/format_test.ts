import assert from "node:assert/strict";
import { formatPolicy } from "./format.ts";

/** The lines of a formatted policy that hold a comment, an anchor or an alias, without what is around. */
async function notes(text: string): Promise<string[]> {
  const { formatted } = await formatPolicy(text, "p");
  assert.equal((await formatPolicy(formatted, "p")).formatted, formatted, "formatting again changes nothing");
  return formatted.split("\n").filter((line) => /^#|\s#|[&*]\w/.test(line)).map((line) => line.trim());
}

Deno.test("formatPolicy() keeps comments with what they belong to when rules are sorted", async () => {
  const text = `# The policy

# about rules
rules: # all of them
# second one
- priority: 2 # later
  # its name
  name: b # b
  effect: block
# first one
- {name: a, effect: allow, priority: 1} # short
# the end
`;
  const { formatted } = await formatPolicy(text, "p");
  const lines = formatted.split("\n");
  assert.deepEqual(lines.slice(0, 2), ["# The policy", ""]);
  const at = (line: string) => {
    assert.ok(lines.includes(line), `${line}\n${formatted}`);
    return lines.indexOf(line);
  };
  assert.equal(at("# about rules") + 1, at("rules: # all of them"));
  assert.equal(at("# first one") + 1, at("- name: a # short"));
  assert.equal(at("# second one") + 2, at("- name: b # b"));
  assert.equal(at("# its name") + 1, at("- name: b # b"));
  assert.ok(at("- name: a # short") < at("# second one"));
  at("  priority: 2 # later");
  assert.equal(lines.at(-2), "# the end");
});

Deno.test("formatPolicy() keeps comments of list items, blocks and values that were dropped", async () => {
  assert.deepEqual(
    await notes(`rules:
- name: a
  effect: allow
  match:
    tool_names:
    - B # about b
    # about a
    - a
    - b # again
    - "" # nothing
  violations:
  - |- # two lines
    x # no comment
    y
`),
    [
      "tool_names: # nothing",
      "# about a",
      "# about b",
      "- b # again",
      "- |- # two lines",
      "x # no comment",
    ],
  );
});

Deno.test("formatPolicy() keeps anchors and aliases where both still say the same", async () => {
  const shared = "match: &m {tool_names: [x.Y], identities: [Kim]}";
  assert.deepEqual(
    await notes(`rules:\n- {name: a, effect: allow, ${shared}}\n- {name: b, effect: block, match: *m}\n`),
    ["match: &m", "match: *m"],
  );
  // Sorted, the alias comes first: the anchor moves there.
  assert.deepEqual(
    await notes(
      `rules:\n- {name: b, priority: 2, effect: allow, ${shared}}\n- {name: a, effect: block, match: *m}\n`,
    ),
    ["match: &m", "match: *m"],
  );
  // Tools are read in lower case, identities are not, so the two lists have become different ones.
  assert.deepEqual(
    await notes(
      "rules: [{name: a, effect: allow, match: {tool_names: &t [X], identities: *t, risk_classes: *t}}]",
    ),
    ["tool_names: &t", "risk_classes: *t"],
  );
  // A comment inside has its place only when all is written out.
  assert.deepEqual(
    await notes(
      "rules:\n- name: b\n  priority: 2\n  effect: allow\n  match: &m\n    tool_names: [x] # why\n- {name: a, effect: block, match: *m}\n",
    ),
    ["match: &m", "tool_names: # why"],
  );
});

Deno.test("formatPolicy() writes merge keys out", async () => {
  const text = "rules:\n- &a {name: a, effect: allow}\n- {<<: *a, priority: 1}\n";
  assert.deepEqual(await notes(text), ["- &a"]);
  const { policy } = await formatPolicy(text, "p");
  assert.deepEqual(policy.rules.map(({ name, priority }) => [name, priority]), [["a", 0], ["a", 1]]);
});

Deno.test("formatPolicy() says whether the text changes, line ends included", async () => {
  const { formatted } = await formatPolicy("", "p");
  assert.equal((await formatPolicy(formatted, "p")).changed, false);
  assert.equal((await formatPolicy(formatted.replaceAll("\n", "\r\n"), "p")).changed, true);
  assert.equal((await formatPolicy(formatted.replaceAll("\n", "\r\n"), "p")).formatted, formatted);
});

Deno.test("formatPolicy() keeps the comments of the first document only, and counts them all", async () => {
  const { formatted, documents } = await formatPolicy(
    "default_verdict: block # one\n---\n# two\nx: 1\n",
    "p",
  );
  assert.equal(documents, 2);
  assert.ok(formatted.includes("# one") && !formatted.includes("# two"));
});

Deno.test("formatPolicy() takes time by the length of the text", async () => {
  const rules = Array.from({ length: 4_000 }, (_, i) => `# r${i}\n- name: r${i} # n\n  effect: block # e\n`);
  const items = Array.from({ length: 20_000 }, (_, i) => `    - t${i} # i\n`);
  const started = performance.now();
  const text = `rules:\n${rules.join("")}- name: last\n  effect: allow\n  match:\n    tool_names:\n${
    items.join("")
  }`;
  const { formatted } = await formatPolicy(text, "p");
  assert.equal(formatted.match(/#/g)!.length, 3 * 4_000 + 20_000);
  assert.ok(performance.now() - started < 20_000);
});

Deno.test("formatPolicy() leaves out later keys that say nothing, and keeps those with a comment", async () => {
  const rule = (key: string) =>
    `rules:\n- name: a\n  effect: allow\n  endpoint:\n    path_denylist: [/a]\n${key && `    ${key}\n`}`;
  const linesOf = async (text: string) =>
    (await formatPolicy(text, "p")).formatted.split("\n").filter((line) =>
      /check_args|context_facts/.test(line)
    )
      .map((line) => line.trim());
  assert.deepEqual(await linesOf(rule("")), []);
  assert.deepEqual(await linesOf(`context_facts: ""\n${rule("check_args: false")}`), []);
  assert.deepEqual(await linesOf(rule("check_args: false # not yet")), ["check_args: false # not yet"]);
  assert.deepEqual(await linesOf(`context_facts: inventory_only\n${rule("check_args: true")}`), [
    "context_facts: inventory_only",
    "check_args: true",
  ]);
});
