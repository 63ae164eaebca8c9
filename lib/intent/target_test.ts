import assert from "node:assert/strict";
import type { JsonObject } from "../formats/json/mod.ts";
import { request } from "./_test_requests.ts";
import { encodeTarget } from "./encode.ts";
import { inferEndpointClass, isDestructive } from "./target.ts";
import { inferEndpointDomain } from "./url_host.ts";
import { parseIntent } from "./parse.ts";

Deno.test("inferEndpointClass() asks the operation first, then the last part of the tool name", () => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ["path", "stat", "x.delete", "fs.read"],
    ["path", "rename", "x", "fs.write"],
    ["path", "truncate", "x", "fs.delete"],
    ["path", "frob", "x.search", "fs.read"],
    ["path", "", "list_and_delete", "fs.read"],
    ["path", "", "update", "fs.write"],
    ["path", "", "fs.format", "fs.delete"],
    ["path", "", "read/frob", "other"],
    ["path", "", "frob/save", "fs.write"],
    ["host", "", "x", "net.http"],
    ["host", "resolve", "x", "net.dns"],
    ["url", "lookup", "x", "net.dns"],
    ["url", "delete", "x", "net.http"],
    ["other", "shell", "x", "proc.exec"],
    ["other", "read", "x", "other"],
    ["other", "", "prune", "proc.exec"],
    ["other", "", "x", "other"],
    ["table", "delete", "x.exec", "other"],
    ["bucket", "read", "read", "other"],
  ];
  for (const [kind, operation, tool, expected] of rows) {
    assert.equal(inferEndpointClass(kind, operation, tool), expected, `${kind} ${operation} ${tool}`);
  }
});

Deno.test("isDestructive() looks at class and operation", () => {
  assert.ok(isDestructive("fs.delete", "") && isDestructive("proc.exec", ""));
  for (const operation of "delete remove rm unlink rmdir drop truncate exec spawn".split(" ")) {
    assert.ok(isDestructive("other", operation), operation);
  }
  for (const operation of ["run", "shell", "write", ""]) {
    assert.ok(!isDestructive("fs.write", operation), operation);
  }
});

Deno.test("inferEndpointDomain() knows hosts and URLs only", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["host", "Api.Test:443/x", "api.test"],
    ["host", "http://https://a.test", "a.test"],
    ["host", "https://http://a.test", "http"],
    ["host", "HTTP://a.test", "http"],
    ["host", " a.test :1", "a.test"],
    ["host", "/x", ""],
    ["url", "https://Api.Test:443/x", "api.test"],
    ["url", "https://\u00a0x.test", "x.test"],
    ["path", "https://api.test", ""],
    ["other", "https://api.test", ""],
  ];
  for (const [kind, value, expected] of rows) assert.equal(inferEndpointDomain(kind, value), expected, value);
});

Deno.test("parseIntent() normalises targets, sorts them by all fields and drops repeated ones", async () => {
  const targets = [
    { kind: "path", value: "b", read_only_hint: true },
    { kind: "path", value: "b" },
    { kind: "PATH ", value: " b\u0085", operation: null },
    { kind: "path", value: "B" },
    { kind: "other", value: "z", discovery_method: " Static-MCP " },
    { kind: "other", value: "z", discovery_method: "dynamic mcp" },
    {
      kind: "url",
      value: "https://x",
      endpoint_class: "UI.Click",
      endpoint_domain: "Given",
      destructive_hint: true,
    },
  ];
  const intent = await parseIntent(request({ targets }));
  assert.deepEqual(intent.targets.map(encodeTarget), [
    { kind: "other", value: "z", endpoint_class: "other", discovery_method: "dynamic_mcp" },
    { kind: "other", value: "z", endpoint_class: "other", discovery_method: "static_mcp" },
    { kind: "path", value: "B", endpoint_class: "other", discovery_method: "unknown" },
    { kind: "path", value: "b", endpoint_class: "other", discovery_method: "unknown" },
    { kind: "path", value: "b", endpoint_class: "other", discovery_method: "unknown", read_only_hint: true },
    {
      kind: "url",
      value: "https://x",
      endpoint_class: "ui.click",
      endpoint_domain: "given",
      destructive: true,
      discovery_method: "unknown",
      destructive_hint: true,
    },
  ]);
});

Deno.test("errors about members that hold others say how these are written", async () => {
  const rows: readonly (readonly [JsonObject, RegExp])[] = [
    [{ targets: ["/srv"] }, /"kind": "path"/],
    [{ targets: "/srv" }, /"kind": "path"/],
    [{ targets: [{ type: "path", value: "/srv" }] }, /"kind": "path"/],
    [{ targets: [{ kind: "file", value: "/srv" }] }, /"kind": "path"/],
    [{ args: ["x"] }, /"args": \{/],
    [{ arg_provenance: ["user"] }, /"arg_path"/],
    [{ arg_provenance: [{ source: "user" }] }, /"arg_path"/],
    [{ script: ["x"] }, /"steps"/],
  ];
  for (const [members, hint] of rows) {
    await assert.rejects(parseIntent(request(members)), ({ hint: given }: Error & { hint?: string }) => {
      assert.match(given ?? "", hint, JSON.stringify(members));
      return true;
    });
  }
});
