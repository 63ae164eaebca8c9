import assert from "node:assert/strict";
import type { ServerRequest } from "../../../effects/types.ts";
import { headerFault } from "./headers.ts";

const message = { method: "tools/call", params: { name: "read", arguments: { region: "eu" } } };
const right = [
  ["mcp-protocol-version", "2026-07-28"],
  ["mcp-method", "tools/call"],
  ["mcp-name", "read"],
  ["mcp-param-region", "eu"],
] as const;

function faultOf(headers: readonly (readonly [string, string])[]): string | undefined {
  const body = (async function* (): AsyncGenerator<Uint8Array> {})();
  const request = { method: "POST", target: "/mcp", headers: headers.map(([...one]) => one), body };
  return headerFault(request as unknown as ServerRequest, message, { versions: () => true, required: true });
}

Deno.test("headerFault() refuses a header that is there twice: whoever is in front may decide by the other one", () => {
  assert.equal(faultOf(right), undefined);
  for (const [name, value] of right) {
    for (const second of [value, "other"]) {
      assert.equal(faultOf([...right, [name, second]]), "a header is there twice", name);
      assert.equal(faultOf([[name, second], ...right]), "a header is there twice", name);
    }
  }
  assert.equal(faultOf([...right, ["mcp-param-zone", "a"]]), undefined);
});
