import assert from "node:assert/strict";
import { superlinearity } from "./regex_cost.ts";

/** Whether it is found too slow. */
const isSlow = ({ source, flags }: RegExp) => superlinearity(source, flags) !== undefined;

Deno.test("superlinearity() finds every form in which backtracking multiplies", () => {
  for (
    const slow of [
      /\s+$/,
      /[. ]+$/,
      /-+$/g,
      /0+$/,
      /^_+|_+$/g,
      /x*y/,
      /[ \t]*\r?\n/g,
      /=.*$/s,
      /(a+)+$/,
      /^(?:a*b?)*$/,
      /^(?:[0-9]+\.?[0-9]*[a-z]+)+$/,
      /^\s*,?\s*x/,
      /^\d+\.?\d*$/,
      /^a*aa*$/,
      /^(?:ab)*(?:ba)*$/,
      /^(?!---|\s*$)./m,
      /^\s*x/m,
      /(?=\s*x)./,
      /"(?:[^"\\]|\\.)*"/g,
      /[|>][-+0-9]*[ \t]*(?:#.*)?$/,
      /(?<name>a+)b/,
      /^(.)\1*\1*$/,
    ]
  ) assert.ok(isSlow(slow), String(slow));
});

Deno.test("superlinearity() lets linear expressions pass", () => {
  for (
    const fast of [
      /^[A-Za-z0-9+/]*={0,2}$/,
      /^\s+/,
      /[^a-z0-9]+/g,
      /\.\d+/,
      /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/,
      /"created_at"\s*:\s*"([^"]*)"/,
      /^[ \t]*def[ \t]+([A-Za-z_][A-Za-z0-9_]*)[ \t]*\(/gm,
      /([0-9]*)(?:\.([0-9]*))?([a-z]+)/y,
      /\S\s+\S/u,
      /\}[ \t\r]*,[ \t\r]*\{/,
      /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
      /^[a-z]{64}$/,
      /[\]\\]+/,
      /\p{L}+|\u{1f600}/u,
      /(?:)/,
    ]
  ) assert.ok(!isSlow(fast), String(fast));
});
