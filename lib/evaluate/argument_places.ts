import type { JsonObject, JsonValue } from "../formats/json/mod.ts";
import type { Target } from "../intent/types.ts";
import { anchorOf } from "./compare/path.ts";
import { FilePath, type Place, placeOf } from "./compare/place.ts";

/*
 * Places that arguments name, for `check_args` of an `endpoint` block (docs/spec/gate.md 3.3.3, "Arguments"). A tool
 * works with its arguments; targets are what the author of the intent says about them. Without this a call could read
 * `/etc/passwd` while its target says `/srv/docs`.
 */

/** The kind that explanations give for an argument. */
const KIND = "argument";

/** Longer ones name no file: systems take paths up to this length. One that begins as a path is looked at all the same. */
const LONGEST_NAME = 4_096;

/**
 * The places that the texts of some arguments name, at any depth, keys of objects included; each text once.
 *
 * A text that begins as a path or an address is like a target of that kind, and so is one that leads out of the folder
 * where it begins (`docs/../../etc`). Any other without blanks may be a path that is relative to the workspace: only deny
 * lists are asked about it, since a text such as `text/html` looks alike.
 */
export function argumentPlaces(args: JsonObject, workspace: string): Place[] {
  return [...textsIn(args)].flatMap((text) => placeOfText(text, workspace) ?? []);
}

/** Without recursion: arguments may be nested as deep as the reader of JSON lets them be. */
function textsIn(args: JsonObject): Set<string> {
  const texts = new Set<string>();
  const open: JsonValue[] = Object.values(args);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === "string") texts.add(value);
    else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        if (!Array.isArray(value)) texts.add(key);
        open.push(item);
      }
    }
  }
  return texts;
}

function placeOfText(value: string, workspace: string): Place | undefined {
  const target = { ...UNCLAIMED, value };
  const { domain, path, pathToSome } = placeOf(target, workspace);
  const known = path ?? pathToSome;
  if (domain || known) return { target, ...(domain ? { domain } : {}), ...(known ? { path: known } : {}) };
  const isName = value !== "" && value.length <= LONGEST_NAME && !/\s/.test(value);
  // Others are read only where they can climb: most are prose, which may be long.
  if (!isName && !/\.\.|%/.test(value)) return undefined;
  const relative = new FilePath(value, workspace);
  if (
    relative.readings?.some((path) => anchorOf(path).startsWith("..")) ||
    (isName && hidesPath(relative, value))
  ) {
    return { target, path: relative };
  }
  return isName ? { target, pathToSome: relative } : undefined;
}

/** Whether a name can't be read and may have several parts. */
function hidesPath({ readings }: FilePath, value: string): boolean {
  return readings === undefined && /[/\\%]/.test(value);
}

/** Nobody claims anything about an argument: what it is follows from its text alone. */
const UNCLAIMED: Omit<Target, "value"> = {
  kind: KIND,
  operation: "",
  sensitivity: "",
  endpointClass: "",
  endpointDomain: "",
  destructive: false,
  discoveryMethod: "",
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
};
