import { UNSEEN } from "../controls.ts";
import { resolvePlain } from "./scalar.ts";

/** Words that YAML 1.1 readers parse as booleans. */
const OLD_BOOLEAN = /^(?:y|yes|n|no|on|off)$/i;
/** Base-60 numbers of YAML 1.1 readers: `12:30`. */
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** Characters with a special meaning at the start of a plain scalar, or inside of it. */
const UNSAFE_START = /^[,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|^<<$|^=$/;
const UNSAFE_INSIDE = /[#\\]|:(?:\s|$)|^\s|\s$/;
/** Everything that is not printed as it is: two names that look alike must not read alike. */
// deno-lint-ignore gait/linear-regex -- one character of a class
const UNPRINTABLE = new RegExp(String.raw`[\x00-\x1f${UNSEEN}]`, "u");

/** A text as a YAML scalar of one line: plain where that reads as the same text everywhere, else in double quotes. */
export function quoteIfNeeded(text: string): string {
  return needsQuotes(text) ? quote(text) : text;
}

function needsQuotes(text: string): boolean {
  if (text === "" || OLD_BOOLEAN.test(text) || SEXAGESIMAL.test(text)) return true;
  if (UNSAFE_START.test(text) || UNSAFE_INSIDE.test(text) || UNPRINTABLE.test(text)) return true;
  const resolved = resolvePlain(text);
  return resolved.kind !== "str" && !(resolved.kind === "float" && !resolved.dotted);
}

/** Whether a text can be written as a block of lines without losing anything. */
export function isBlockText(text: string): boolean {
  return text.includes("\n") && text.split("\n").every((line) => !UNPRINTABLE.test(line)) &&
    !/^[\s]|\s$/.test(text);
}

function quote(text: string): string {
  let quoted = '"';
  for (const char of text) {
    if (char === '"' || char === "\\") quoted += `\\${char}`;
    else if (char === "\n") quoted += "\\n";
    else if (char === "\t") quoted += "\\t";
    else if (char === "\r") quoted += "\\r";
    else if (UNPRINTABLE.test(char)) quoted += escaped(char);
    else quoted += char;
  }
  return `${quoted}"`;
}

function escaped(char: string): string {
  const digits = char.codePointAt(0)!.toString(16);
  return digits.length <= 4 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
