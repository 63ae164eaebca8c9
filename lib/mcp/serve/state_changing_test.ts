import assert from "node:assert/strict";
import { aTarget } from "../../../tests/support/gate.ts";
import { changesState } from "./state_changing.ts";

Deno.test("changesState() goes by what targets are for, else by the words of the name", () => {
  const named = (toolName: string) => changesState({ toolName, targets: [] });
  for (
    const name of ["file.update", "postmessage", "runner", "execute", "set-flag", "delete_all", "applypatch"]
  ) {
    assert.ok(named(name), name);
  }
  for (
    const name of [
      "lookup",
      "getuser",
      "head",
      "tool.search.create",
      "mcp.tool",
      "fetchrun",
      "",
      "...",
    ]
  ) {
    assert.ok(!named(name), name);
  }
  const on = (...operations: string[]) =>
    changesState({ toolName: "delete", targets: operations.map((operation) => aTarget({ operation })) });
  assert.ok(!on("read", "list"));
  assert.ok(on("read", "write"));
  assert.ok(on("frobnicate"));
  assert.ok(on(""), "nothing is said of the targets, so the name counts");
});
