import assert from "node:assert/strict";
import { aScript, aTarget } from "../../tests/support/gate.ts";
import { beyondSteps, classesOf, isDestructiveCall, isDestructiveTarget } from "./effects.ts";
import { intentDigest } from "./digest.ts";
import { request } from "./_test_requests.ts";
import { parseIntent } from "./parse.ts";
import { warningsOf } from "./warnings.ts";

Deno.test("a script that bears the name of a tool that runs code counts as destructive", async () => {
  const script = { steps: [{ tool_name: "docs.read" }] };
  const intentOf = async (tool: string) => await parseIntent(request({ tool_name: tool, script }));
  assert.ok(isDestructiveCall(await intentOf("bash")));
  assert.equal(warningsOf(await intentOf("bash")).length, 1);
  assert.ok(!isDestructiveCall(await intentOf("docs.read")));
  assert.equal(await intentDigest(await intentOf("bash")), await intentDigest(await intentOf("docs.read")));
});

const EXECUTIONS = [
  "exec",
  "execute",
  "eval",
  "run",
  "spawn",
  "shell",
  "command",
  "bulk_execute",
  "eval now",
  "execsync",
  "runcommand",
  "evalcode",
];
const DELETIONS = [
  ...["delete", "drop", "destroy", "purge", "wipe", "kill", "terminate", "erase", "shred", "killall"],
  ...["force_delete", "wipe-all", "drop table", "s3:purge"],
  ...["deleteall", "bulkdelete", "droptable", "deletemany", "unlinksync", "delete_allrows", "delete2"],
  ...["delete\u200b", "del\u00adete", "\uff44elete"],
];
const HARMLESS = [
  "",
  "read",
  "write",
  "speak",
  "insert",
  "rename",
  "runner-up",
  "format",
  "killer",
  "dropbox",
  "undelete",
  "listdeleted",
  "queryall",
  "updatemany",
  "transcript",
  "x".repeat(100_000),
];

Deno.test("isDestructiveTarget() knows the operations that run or lose something, also as a part of others", () => {
  for (const operation of [...EXECUTIONS, ...DELETIONS]) {
    for (const kind of ["path", "other", "table", "url"]) {
      assert(isDestructiveTarget(aTarget({ kind, operation, destructive: false })), operation);
    }
  }
  for (const operation of HARMLESS) {
    assert(!isDestructiveTarget(aTarget({ operation, destructive: false })), operation);
  }
});

Deno.test("classesOf() adds what operation and tool stand for, and takes nothing away", () => {
  const target = aTarget({ kind: "path", operation: "wipe", endpointClass: "other" });
  assert.deepEqual(classesOf({ toolName: "disk", targets: [target] }), ["other", "fs.delete"]);
  const run = aTarget({ kind: "queue", operation: "execute", endpointClass: "other" });
  assert.deepEqual(classesOf({ toolName: "jobs", targets: [run] }), ["other", "proc.exec"]);
  const read = aTarget({ operation: "read", endpointClass: "fs.read" });
  assert.deepEqual(classesOf({ toolName: "tools/bash", targets: [read] }), ["fs.read", "proc.exec"]);
  assert.deepEqual(classesOf({ toolName: "tools/bash", targets: [] }), ["proc.exec"]);
  assert.deepEqual(classesOf({ toolName: "docs.read", targets: [read] }), ["fs.read"]);
});

Deno.test("isDestructiveCall() looks at a script and at all of its steps", () => {
  const read = aTarget({ operation: "read", endpointClass: "fs.read", destructive: false });
  const wipe = aTarget({ operation: "wipe", destructive: false });
  const calls = [
    [aScript(["docs.read", read]), [read], false],
    [aScript(["docs.read", read], ["disk", wipe]), [read], true],
    [aScript(["docs.read", read], ["bash"]), [read], true],
    [aScript(["docs.read", read]), [wipe], true],
  ] as const;
  for (const [script, targets, expected] of calls) {
    assert.equal(isDestructiveCall({ toolName: "script", script, targets }), expected);
  }
});

Deno.test("what decisions add to a target stays outside of digests, so that approvals of other programs hold", async () => {
  const digest = async (toolName: string, operation: string) =>
    await intentDigest(
      await parseIntent(
        request({ tool_name: toolName, targets: [{ kind: "other", value: "x", operation }] }),
      ),
    );
  // As the existing program digests them: endpoint_class other, not destructive.
  assert.equal(
    await digest("bash", "wipe"),
    await intentDigest(
      await parseIntent(
        request({
          tool_name: "bash",
          targets: [{
            kind: "other",
            value: "x",
            operation: "wipe",
            endpoint_class: "other",
            destructive: false,
          }],
        }),
      ),
    ),
  );
});

Deno.test("beyondSteps() finds what a script says of itself alone", async () => {
  const step = { tool_name: "fs.read", targets: [{ kind: "path", value: "/a", operation: "read" }] };
  const own = { kind: "path", value: "/b", operation: "read" };
  const beyond = async (members: Parameters<typeof request>[0]) =>
    beyondSteps(await parseIntent(request(members)));
  assert.deepEqual(await beyond({ script: { steps: [step] } }), { targets: [], provenance: [] });
  assert.deepEqual((await beyond({ script: { steps: [step] }, targets: [...step.targets] })).targets, []);
  const found = await beyond({
    script: { steps: [step] },
    targets: [...step.targets, own],
    arg_provenance: [{ arg_path: "$", source: "external" }],
  });
  assert.deepEqual([found.targets.map(({ value }) => value), found.provenance.length], [["/b"], 1]);
  assert.deepEqual(await beyond({ targets: [own] }), { targets: [], provenance: [] });
});
