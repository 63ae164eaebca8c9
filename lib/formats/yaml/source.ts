import { decodeUtf8Strict } from "../bytes.ts";
import { YamlError } from "./error.ts";
import type { YamlSource } from "./node.ts";

/**
 * Decode a document for either reader: UTF-8 without BOM (docs/spec/gate.md 1.1).
 *
 * @throws {YamlError} `invalid_input`
 */
export function yamlSource(input: string | Uint8Array, name: string): YamlSource {
  const text = typeof input === "string" ? input : decodeUtf8Strict(input);
  if (text === undefined) {
    throw new YamlError({ name, text: "" }, 0, "The text is not valid UTF-8", { detail: "yaml_encoding" });
  }
  const source: YamlSource = { name, text };
  if (text.startsWith("\uFEFF")) {
    throw new YamlError(source, 0, "The text begins with a byte order mark", {
      detail: "yaml_encoding",
      hint: "Save the file as UTF-8 without BOM",
    });
  }
  return source;
}
