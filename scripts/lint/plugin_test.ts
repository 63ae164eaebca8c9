import assert from "node:assert/strict";
import plugin from "./plugin.ts";

const found = (source: string, file = "/repository/lib/x.ts") =>
  Deno.lint.runPlugin(plugin, file, source).map(({ id }) => id);

Deno.test("the rules find what takes time by the square, the stack, the order of a machine, or a new runtime", () => {
  assert.deepEqual(found("text.replace(/\\s+$/, '')"), ["gait/linear-regex"]);
  assert.deepEqual(found("new RegExp(given)"), ["gait/linear-regex"]);
  assert.deepEqual(
    found("list.push(...more); Math.max(0, ...numbers); String.fromCharCode.apply(null, units)"),
    [
      "gait/no-spread-call",
      "gait/no-spread-call",
      "gait/no-spread-call",
    ],
  );
  assert.deepEqual(found("list.sort((a, b) => a.localeCompare(b))"), ["gait/no-locale-compare"]);
  assert.deepEqual(found("bytes.toHex(); Uint8Array.fromBase64(text)"), [
    "gait/no-native-encoding",
    "gait/no-native-encoding",
  ]);
});

Deno.test("the rules let linear code pass, and tests and scripts do as they like", () => {
  assert.deepEqual(
    found(
      "hex(bytes); text.trimEnd(); /^\\s+/.test(text); list.push(one); f(...args); [...a, ...b]; null; 1",
    ),
    [],
  );
  assert.deepEqual(found("/\\s+$/", "/repository/lib/x_test.ts"), []);
  assert.deepEqual(found("bytes.toHex()", "/repository/lib/formats/bytes.ts"), []);
  assert.deepEqual(found("/\\s+$/", "/repository/scripts/x.ts"), []);
});
