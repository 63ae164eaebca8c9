import assert from "node:assert/strict";
import { utf8 } from "../bytes.ts";
import { YamlError } from "./error.ts";
import { parseYaml } from "./parse.ts";
import { readYaml } from "./read.ts";

Deno.test("readYaml() gives what parseYaml() gives, within the subset and beyond it", async () => {
  for (
    const text of [
      "",
      "# only this\n",
      "a: 1\nb: [x, 'y', {c: d}]\n",
      "rules:\n  - name: a # first\n    match: {tools: [x.*]}\n",
      "a: &x 1\nb: *x\n",
      "a: |\n  text\n  more\n",
      "---\na: 1\n---\nb: 2\n",
      "a: !!str 5\n",
      '"\\u0041": "b\\n"\n',
      "a:\r\n  - b\r\n",
    ]
  ) {
    assert.deepEqual(await readYaml(text, "t"), parseYaml(text, "t"), text);
    assert.deepEqual(await readYaml(utf8(text), "t"), parseYaml(text, "t"), text);
  }
});

Deno.test("readYaml() refuses what parseYaml() refuses, in the same words and at the same place", async () => {
  for (
    const input of [
      "a: [1",
      "a: 1\na: 2",
      "a: *missing",
      "a:\n\t- b",
      "a: b: c",
      "a: {b: 1, b: 2}",
      "a: 1 # x\u2028b: 2",
      "\ufeffa: 1",
      Uint8Array.of(0x61, 0x3a, 0x20, 0xff),
      "[".repeat(200),
    ]
  ) {
    const seen = await readYaml(input, "t").catch((error) => error);
    assert.ok(seen instanceof YamlError, String(input));
    assert.throws(() => parseYaml(input, "t"), (error: YamlError) => {
      const reported = ({ code, message, hint, detail, place }: YamlError) => ({
        code,
        message,
        hint,
        detail,
        place,
      });
      assert.deepEqual(reported(seen), reported(error));
      return true;
    });
  }
});
