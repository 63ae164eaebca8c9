import { decodeUtf8 } from "../../formats/bytes.ts";
import { findInConfiguration } from "./configuration.ts";
import type { Found } from "./found.ts";
import { presumeFromText } from "./python_text.ts";

/** The formats that the finder reads, by extension in lower case. */
const FORMAT: Readonly<Record<string, "python" | "configuration">> = {
  ".py": "python",
  ".json": "configuration",
  ".yaml": "configuration",
  ".yml": "configuration",
};

/** How a file is read; `undefined` for one that is not. */
export function formatOf(path: string): "python" | "configuration" | undefined {
  return FORMAT[extensionOf(path)];
}

/** The extension with its dot, in lower case; that of `.py` is `.py`. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot).toLowerCase();
}

/**
 * The tools and MCP servers of one file.
 *
 * @throws {GaitError} `invalid_input` for an MCP configuration that does not parse
 */
export function findInFile(path: string, bytes: Uint8Array): Found[] {
  if (formatOf(path) === "configuration") return findInConfiguration(bytes, path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return presumeFromText(decodeUtf8(bytes), name.slice(0, name.lastIndexOf(".")));
}
