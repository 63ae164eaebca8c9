import assert from "node:assert/strict";
import type { Receipt } from "../schema/runpack.ts";
import { radiusOfReceipts, toolClass } from "./risk.ts";

Deno.test("toolClass() takes a part of a word for what is grave, and only a whole word for reading", () => {
  const classes = {
    destructive: ["fs.delete", "deleteuser", "db.drop_table", "bulkRemove", "list_and_purge"],
    write: ["mail.send", "getAndSave", "createuser", "kb.update", "fetch_export"],
    read: ["crm.get_widget", "getWidget", "GET", " kb.search ", "users-list", "fetch(url)", "käse.read"],
    execute: [
      "widget",
      "target.deploy",
      "spreadsheet.share",
      "budget",
      "listener.start",
      "vault.rotate",
      "x",
      "",
    ],
  } as const;
  for (const [name, tools] of Object.entries(classes)) {
    for (const tool of tools) assert.equal(toolClass(tool), name, tool);
  }
});

Deno.test("radiusOfReceipts() counts the receipt of a trace for its own call, and others for all", async () => {
  const receipt = (ref_id: string, source_type: string, source_locator: string) =>
    ({ ref_id, source_type, source_locator }) as Receipt;
  const own = [
    receipt("trace_a", "gait.trace", "prod/orders"),
    receipt(" trace_b ", " Gait.Trace", "staging"),
    receipt("trace_b", "gait.trace", "elsewhere"),
  ];
  const radius = await radiusOfReceipts(own);
  assert.deepEqual(["a", "b", "c"].map(radius), [3, 2, 1]);
  const shared = await radiusOfReceipts([...own, receipt("trace_c", "doc", "internal wiki")]);
  assert.deepEqual(["a", "b", "c"].map(shared), [3, 2, 2]);
  assert.equal((await radiusOfReceipts([]))("a"), 1);
});
