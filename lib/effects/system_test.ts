import assert from "node:assert/strict";
import { systemEffects } from "./system.ts";

Deno.test("a name that no variable of the environment can have is the name of none", () => {
  const { env } = systemEffects();
  for (const name of ["", "=", "A=B", "A\0B"]) assert.equal(env.get(name), undefined);
});
