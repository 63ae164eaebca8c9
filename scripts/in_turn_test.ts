import assert from "node:assert/strict";
import { utf8 } from "../lib/formats/bytes.ts";
import { Turns } from "./in_turn.ts";

Deno.test("what runs side by side is shown in turn, and all of it", () => {
  let shown = "";
  const turns = new Turns(3, (chunk) => void (shown += new TextDecoder().decode(chunk)));
  const print = (at: number, text: string) => turns.of(at)(utf8(text));
  print(1, "b1 ");
  print(0, "a1 ");
  assert.equal(shown, "a1 ");
  print(2, "c1 ");
  turns.end(2);
  print(0, "a2 ");
  turns.end(0);
  assert.equal(shown, "a1 a2 b1 ");
  print(1, "b2 ");
  turns.end(1);
  assert.equal(shown, "a1 a2 b1 b2 c1 ");
});
