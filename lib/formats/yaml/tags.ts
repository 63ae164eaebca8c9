import { YamlError } from "./error.ts";
import type { YamlScalar, YamlSource } from "./node.ts";
import { resolvePlain } from "./scalar.ts";

const CORE = "tag:yaml.org,2002:";

/** Short name of a tag of the core schema, e.g. `!!str` for `!<tag:yaml.org,2002:str>`. */
function shortTag(tag: string): string {
  return tag.startsWith(`!<${CORE}`) && tag.endsWith(">") ? `!!${tag.slice(2 + CORE.length, -1)}` : tag;
}

/** Whether a tag turns any scalar into a string. */
export function isStringTag(tag: string): boolean {
  return tag === "!" || shortTag(tag) === "!!str";
}

/**
 * Resolve a scalar with an explicit tag. Only tags of the core schema are accepted: any other tag could make another
 * reader interpret the text differently.
 *
 * @throws {YamlError} `invalid_input` for another tag, or when the text is not of the type
 */
export function tagScalar(scalar: YamlScalar, tag: string, at: number, source: YamlSource): YamlScalar {
  if (isStringTag(tag)) return scalar;
  const wanted = /^!!(null|bool|int|float)$/.exec(shortTag(tag))?.[1];
  if (!wanted) throw unknownTag(tag, at, source);
  const { kind } = resolvePlain(scalar.text);
  if (kind !== wanted && !(wanted === "float" && kind === "int")) {
    throw new YamlError(source, scalar.at, `"${scalar.text}" is not a valid ${wanted}`, {
      detail: "yaml_tag",
    });
  }
  return { ...scalar, plain: true };
}

/** Refuse a tag that does not belong to a collection of this kind. */
export function checkCollectionTag(
  kind: "sequence" | "mapping",
  tag: string,
  at: number,
  source: YamlSource,
): void {
  const own = kind === "sequence" ? "!!seq" : "!!map";
  if (tag !== "" && tag !== "!" && shortTag(tag) !== own) throw unknownTag(tag, at, source);
}

function unknownTag(tag: string, at: number, source: YamlSource): YamlError {
  return new YamlError(source, at, `Tag "${tag}" is not known here`, { detail: "yaml_tag" });
}
