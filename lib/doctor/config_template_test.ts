import assert from "node:assert/strict";
import { repository } from "../../tests/support/places.ts";
import { CONFIG_TEMPLATE } from "./config_template.ts";

Deno.test("the shipped template is what doctor --fix writes", async () => {
  assert.equal(
    await Deno.readTextFile(`${repository}examples/config/oss_prod_template.yaml`),
    CONFIG_TEMPLATE,
  );
});
