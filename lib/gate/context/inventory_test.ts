import assert from "node:assert/strict";
import fc from "fast-check";
import { GaitError } from "../../errors/mod.ts";
import { inContext, request } from "../../intent/_test_requests.ts";
import { parseIntent } from "../../intent/parse.ts";
import { enrichFrom, isListed, parseInventory } from "./inventory.ts";

const ITEM = {
  tool_name: " Ledger.POST ",
  data_class: "PII",
  endpoint_class: "Net.HTTP ",
  autonomy_level: "Supervised",
};
const FACTS = {
  "wrkr.tool_name": "ledger.post",
  "wrkr.data_class": "pii",
  "wrkr.endpoint_class": "net.http",
  "wrkr.autonomy_level": "supervised",
};

Deno.test("parseInventory() reads a list, bare or wrapped; the last entry of a tool counts", () => {
  const first = { ...ITEM, data_class: "public" };
  for (const document of [[first, { tool_name: " " }, ITEM], { items: [first, {}, ITEM], extra: 1 }]) {
    assert.deepEqual([...parseInventory(JSON.stringify(document))], [["ledger.post", FACTS]]);
  }
  assert.equal(parseInventory("[]").size, 0);
});

Deno.test("parseInventory() refuses what it can't use", () => {
  const bad = [
    '{"items":{}}',
    "{}",
    "5",
    "null",
    "",
    '["a"]',
    '[{"tool_name":1}]',
    '[{"tool_name":"a","data_class":[]}]',
  ];
  for (const text of [...bad, '{"items":[],"items":[]}', "[{}", '{"Items":[]}']) {
    assert.throws(() => parseInventory(text), { code: "invalid_input" }, text);
  }
  fc.assert(fc.property(fc.json(), (text) => {
    try {
      parseInventory(text);
    } catch (error) {
      assert.ok(error instanceof GaitError && error.code === "invalid_input");
    }
  }));
});

Deno.test("enrichFrom() adds what is known about the tool, over what the caller says", async () => {
  const enrich = enrichFrom(parseInventory(JSON.stringify([ITEM])));
  const claims = { auth_context: { "wrkr.data_class": "public", kept: 1 } };
  const known = await parseIntent({ ...inContext(claims), tool_name: "Ledger.Post" });
  assert.deepEqual(enrich(known).context.authContext, { ...FACTS, kept: 1 });
  assert.deepEqual({ ...enrich(known), context: known.context }, known);
  const unknown = await parseIntent(inContext(claims));
  assert.equal(enrich(unknown), unknown);
});

Deno.test("isListed() looks at the tools of the steps of a script", async () => {
  const inventory = parseInventory(JSON.stringify([ITEM, { tool_name: "script" }]));
  const script = (...tools: string[]) =>
    request({ script: { steps: tools.map((tool_name) => ({ tool_name })) } });
  assert.equal(isListed(inventory, await parseIntent(request({ tool_name: "ledger.post" }))), true);
  assert.equal(isListed(inventory, await parseIntent(request())), false);
  assert.equal(isListed(inventory, await parseIntent(script("a", "ledger.post"))), true);
  assert.equal(isListed(inventory, await parseIntent(script("a", "b"))), false);
});
