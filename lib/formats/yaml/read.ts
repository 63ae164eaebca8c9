import type { YamlDocument } from "./node.ts";
import { yamlSource } from "./source.ts";
import { readYamlSubset } from "./subset.ts";

/**
 * Read the first document of a YAML text, with the same result as `parseYaml()`. The full reader is loaded only for a
 * text that exceeds the subset or is invalid; all errors come from it.
 *
 * @param name name of the text in messages, e.g. its path
 * @throws {YamlError} `invalid_input` with the place of the mistake
 */
export async function readYaml(input: string | Uint8Array, name: string): Promise<YamlDocument> {
  const source = yamlSource(input, name);
  const plain = readYamlSubset(source);
  if (plain !== undefined) return plain;
  const { parseSource } = await import("./parse.ts");
  return parseSource(source);
}
