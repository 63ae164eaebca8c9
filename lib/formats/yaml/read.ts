import type { YamlDocument } from "./node.ts";
import { yamlSource } from "./source.ts";
import { readYamlSubset } from "./subset.ts";

/**
 * Read the first document of a YAML text, as `parseYaml()` does and with the same result. The whole reader is loaded
 * only for a text that goes beyond the subset, or is wrong: it words every error.
 *
 * @param name what to call the text in messages, e.g. its path
 * @throws {YamlError} `invalid_input` with the place of the mistake
 */
export async function readYaml(input: string | Uint8Array, name: string): Promise<YamlDocument> {
  const source = yamlSource(input, name);
  const plain = readYamlSubset(source);
  if (plain !== undefined) return plain;
  const { parseSource } = await import("./parse.ts");
  return parseSource(source);
}
