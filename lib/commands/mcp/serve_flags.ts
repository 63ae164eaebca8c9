import { invalidInput } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { trim } from "../../formats/text.ts";
import { APPROVALS_FOLDER } from "../../mcp/approvals/folder.ts";
import { bool, choice, path, text, type ValueFlag } from "../define.ts";
import { durationRead } from "../duration_flag.ts";
import { valueFlag } from "../flags.ts";
import { boundaryFlags } from "./flags.ts";

/** The default folders of evidence. */
export const TRACE_FOLDER = "./gait-out/mcp-serve/traces";
export const SESSION_FOLDER = "./gait-out/mcp-serve/sessions";
/** The default address. */
export const LISTEN = "127.0.0.1:8787";
export const MAX_REQUEST_BYTES = 1_048_576;
export const AUTH_MODES = ["off", "token"] as const;
export const VERDICT_STATUSES = ["compat", "strict"] as const;

const { "credential-ref": _ref, ...setUp } = boundaryFlags;

/** Flags of `gait mcp serve` (docs/spec/mcp.md section 6); project defaults fill those that are not given. */
export const serveFlags = {
  ...setUp,
  listen: filled(text("address", "where to listen, host:port; port 0 takes a free one"), LISTEN),
  "auth-mode": filled(choice("mode", "token demands a bearer token with every call", AUTH_MODES), "off"),
  "auth-token-env": text(
    "variable",
    "environment variable that holds the token; <identity>=<variable> also says who shows it, several with commas",
  ),
  "max-request-bytes": filled(
    integerOf("bytes", "maximum size of a request", 1n),
    String(MAX_REQUEST_BYTES),
  ),
  "http-verdict-status": filled(
    choice("mode", "strict answers 403 and 409 where compat answers 200", VERDICT_STATUSES),
    "compat",
  ),
  "allow-client-artifact-paths": bool("let requests choose the paths of evidence"),
  approvals: path("folder", "where people put approval tokens for calls of hooks", {
    default: APPROVALS_FOLDER,
  }),
  "trace-dir": path("folder", "folder of the signed traces", { default: TRACE_FOLDER }),
  "session-dir": path("folder", "folder of the session journals", { default: SESSION_FOLDER }),
  "runpack-dir": path("folder", "folder of runpacks; without it none are written"),
  "pack-dir": path("folder", "folder of packs; without it none are written"),
  ...keepFlags("trace", "traces"),
  ...keepFlags("runpack", "runpacks"),
  ...keepFlags("pack", "packs"),
  ...keepFlags("session", "files of sessions"),
};

/** The retention flags of one class of evidence. */
function keepFlags<const C extends string>(name: C, what: string) {
  return {
    [`${name}-max-age`]: ageFlag(`remove ${what} that are older, e.g. 720h; 0 keeps all`),
    [`${name}-max-count`]: integerOf("number", `keep only this many of the newest ${what}; 0 keeps all`, 0n),
  } as
    & { readonly [K in `${C}-max-age`]: ValueFlag<bigint | undefined> }
    & { readonly [K in `${C}-max-count`]: ValueFlag<number | undefined> };
}

/** A duration; 0 or blank means no limit. */
function ageFlag(help: string): ValueFlag<bigint | undefined> {
  return durationRead(help, (given, flag) => {
    const age = trim(given) === "" ? 0n : parseDuration(trim(given));
    if (age !== undefined && age >= 0n) return age;
    throw invalidInput(`Cannot use ${flag} "${given}"`, {
      hint: "Give a duration such as 24h or 90m, or 0",
    });
  });
}

/** A flag whose default applies only if the project defaults have none; a blank value is refused. */
function filled<T>(flag: ValueFlag<T>, shown: string): ValueFlag<T> {
  return {
    ...flag,
    default: shown,
    read(given, name, before) {
      if (trim(given) !== "") return flag.read(trim(given), name, before);
      throw invalidInput(`Cannot use ${name} "${given}": it is blank`, {
        hint: `Leave ${name} out for ${shown}`,
      });
    },
  };
}

/** A whole number in the syntax of Go: `10`, `0x10`, `010` (eight), `0b10`, `1_000`. */
export function integerOf(value: string, help: string, least: bigint): ValueFlag<number | undefined> {
  return valueFlag("integer", value, help, undefined, (given, flag) => {
    const number = readInteger(given);
    if (number !== undefined && number >= least && number <= BigInt(Number.MAX_SAFE_INTEGER)) {
      return Number(number);
    }
    throw invalidInput(`Cannot use ${flag} "${given}": expected a whole number of at least ${least}`);
  });
}

/** The digits of each base, by its prefix; a leading zero alone means base eight. */
const BASES: readonly (readonly [prefix: RegExp, digits: RegExp, base: string])[] = [
  [/^0x_?/i, /^[0-9a-f]+$/i, "0x"],
  [/^0b_?/i, /^[01]+$/, "0b"],
  [/^0o?_?(?=.)/i, /^[0-7]+$/, "0o"],
  [/^/, /^[0-9]+$/, ""],
];

function readInteger(given: string): bigint | undefined {
  const text = given.replace(/^\+/, "");
  const [prefix, digits, base] = BASES.find(([begin]) => begin.test(text))!;
  const body = text.replace(prefix, "");
  if (body.split("_").some((group) => group === "")) return undefined;
  const plain = body.replaceAll("_", "");
  return plain.length <= 64 && digits.test(plain) ? BigInt(base + plain) : undefined;
}
