import { decimalText } from "./decimal.ts";
import type { YamlScalar } from "./node.ts";

/** The type and value of a plain scalar. */
export type Resolved =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number; readonly dotted: boolean }
  | { readonly kind: "str" };

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
// deno-lint-ignore gait/linear-regex -- texts longer than MAX_NUMBER_LENGTH are never tried
const PREFIXED = /^([-+]?)(0x[0-9a-fA-F_]*[0-9a-fA-F]|0o[0-7_]*[0-7]|0b[01_]*[01])_*$/;
// deno-lint-ignore gait/linear-regex -- texts longer than MAX_NUMBER_LENGTH are never tried
const OCTAL = /^([-+]?)0([0-7_]*[0-7])_*$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITY = /^([-+]?)(?:\.inf|\.Inf|\.INF)$/;
const NAN = /^(?:\.nan|\.NaN|\.NAN)$/;
/**
 * First characters of scalars that are not strings: a digit, a sign, a dot, `~`, and the letters of true, false and
 * null.
 */
const SPECIAL = /^[-+.0-9~tTfFnN]/;

/** A longer text is not a number: parsing millions of digits takes seconds. */
const MAX_NUMBER_LENGTH = 400;

/** Resolve a plain scalar (docs/spec/gate.md 1.1, item 4). */
export function resolvePlain(text: string): Resolved {
  if ((text !== "" && !SPECIAL.test(text)) || text.length > MAX_NUMBER_LENGTH) return STR;
  if (NULL.test(text)) return { kind: "null" };
  if (TRUE.test(text)) return { kind: "bool", value: true };
  if (FALSE.test(text)) return { kind: "bool", value: false };
  const integer = integerOf(text);
  if (integer !== undefined) return { kind: "int", value: integer };
  const infinity = INFINITY.exec(text);
  if (infinity) return { kind: "float", value: infinity[1] === "-" ? -Infinity : Infinity, dotted: true };
  if (NAN.test(text)) return { kind: "float", value: NaN, dotted: true };
  const value = FLOAT.test(text) ? Number(digits(text)) : Infinity;
  if (!Number.isFinite(value)) return STR;
  const dotted = text.includes(".");
  // `08` is neither an octal nor a decimal number in YAML 1.2, so it is a string.
  return dotted || /[eE]/.test(text) ? { kind: "float", value, dotted } : STR;
}

const STR: Resolved = { kind: "str" };

function integerOf(text: string): bigint | undefined {
  if (DECIMAL.test(text)) return BigInt(digits(text).replace("+", ""));
  const prefixed = PREFIXED.exec(text);
  if (prefixed) return signed(prefixed[1]!, BigInt(digits(prefixed[2]!)));
  const octal = OCTAL.exec(text);
  return octal ? signed(octal[1]!, BigInt(`0o${digits(octal[2]!)}`)) : undefined;
}

function signed(sign: string, value: bigint): bigint {
  return sign === "-" ? -value : value;
}

function digits(text: string): string {
  return text.replaceAll("_", "");
}

/** A scalar as text: numbers in shortest decimal form, `null` as the empty text. */
export function scalarText({ text, plain }: YamlScalar): string {
  if (!plain) return text;
  const resolved = resolvePlain(text);
  switch (resolved.kind) {
    case "str":
      return text;
    case "null":
      return "";
    case "bool":
      return String(resolved.value);
    case "int":
      // The existing program has no integers beyond 64 bits, so the text is kept as written.
      return resolved.value >= -(2n ** 63n) && resolved.value < 2n ** 64n ? String(resolved.value) : text;
    case "float":
      return resolved.dotted ? decimalText(resolved.value) : text;
  }
}

/** A scalar as an integer, with `null` as 0; `undefined` if it is none or exceeds 64 bits. */
export function scalarInteger(scalar: YamlScalar): bigint | undefined {
  const value = scalar.plain ? plainInteger(scalar.text) : quotedInteger(scalar.text);
  return value !== undefined && value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
}

function plainInteger(text: string): bigint | undefined {
  const resolved = resolvePlain(text);
  switch (resolved.kind) {
    case "null":
      return 0n;
    case "int":
      return resolved.value;
    case "float":
      return truncate(resolved.value);
    case "bool":
      return undefined;
    case "str": // an invalid octal such as `08` is read as decimal
      return text.length <= MAX_NUMBER_LENGTH && /^[-+]?0[0-9_]+$/.test(text)
        ? BigInt(digits(text).replace("+", ""))
        : undefined;
  }
}

/** A quoted number is decimal and has no minus sign. */
function quotedInteger(text: string): bigint | undefined {
  if (text.length > MAX_NUMBER_LENGTH || !FLOAT.test(text) || text.startsWith("-")) return undefined;
  const unsigned = digits(text).replace("+", "");
  return /^[0-9]+$/.test(unsigned) ? BigInt(unsigned) : truncate(Number(digits(text)));
}

function truncate(value: number): bigint | undefined {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
}

/** A scalar as a number, with `null` as 0; `undefined` if it is none or not finite. */
export function scalarNumber(scalar: YamlScalar): number | undefined {
  if (scalar.plain) {
    const resolved = resolvePlain(scalar.text);
    if (resolved.kind === "float") return Number.isFinite(resolved.value) ? resolved.value : undefined;
  } else if (FLOAT.test(scalar.text) && !scalar.text.startsWith("-")) {
    const value = Number(digits(scalar.text));
    return Number.isFinite(value) ? value : undefined;
  }
  const integer = scalarInteger(scalar);
  return integer === undefined ? undefined : Number(integer);
}

/** A scalar as a boolean, with `null` as false; `undefined` for anything else (`yes`, `1`, a quoted text). */
export function scalarBool({ text, plain }: YamlScalar): boolean | undefined {
  if (!plain) return undefined;
  if (TRUE.test(text)) return true;
  return FALSE.test(text) || NULL.test(text) ? false : undefined;
}

/** Whether a scalar is `null`, `~` or missing. */
export function isNullScalar({ text, plain }: YamlScalar): boolean {
  return plain && NULL.test(text);
}
