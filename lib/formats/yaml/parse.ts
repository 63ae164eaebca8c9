import { type Event, EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import { messageOf } from "../../errors/mod.ts";
import { YamlError } from "./error.ts";
import { buildTree } from "./build.ts";
import { refuseLineSeparators } from "./line_separators.ts";
import type { YamlDocument, YamlNode, YamlSource } from "./node.ts";
import { yamlSource } from "./source.ts";

/** The deepest nesting of collections. */
export const MAX_YAML_DEPTH = 100;

/**
 * Read the first document of a YAML text (docs/spec/gate.md 1.1): UTF-8 without BOM; later documents are not used,
 * but must be free of syntax errors. Anchors, aliases and merge keys are resolved within {@linkcode
 * MAX_EXPANDED_NODES}; duplicate keys are refused, and so are line separators that only some readers recognise.
 *
 * @param name name of the text in messages, e.g. its path
 * @throws {YamlError} `invalid_input` with the place of the mistake
 */
export function parseYaml(input: string | Uint8Array, name: string): YamlDocument {
  return parseSource(yamlSource(input, name));
}

/** Like {@linkcode parseYaml}, for a text whose encoding was checked. */
export function parseSource(source: YamlSource): YamlDocument {
  const events = readEvents(source);
  refuseLineSeparators(source, events);
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
  const tree = documents === 0 ? { root: undefined, anchors: new Map() } : buildTree(events, source);
  return { source, ...tree, documents };
}

/**
 * The first document of a YAML text that others wrote for other programs: tags are ignored, and so are line separators
 * that only some readers recognise. Later documents must be free of syntax errors.
 *
 * @returns `undefined` for an empty document
 * @throws {YamlError} as {@linkcode parseYaml}
 */
export function parseYamlOfOthers(text: string, name: string): YamlNode | undefined {
  const source = { name, text };
  const events = readEvents(source);
  const isEmpty = !events.some((event) => event.type === EVENT_ID.DOCUMENT);
  return isEmpty ? undefined : buildTree(events, source, { strict: false }).root;
}

/** The events of a text, e.g. for the positions of scalars. */
export function readEvents(source: YamlSource): Event[] {
  try {
    return parseEvents(source.text, { maxDepth: MAX_YAML_DEPTH });
  } catch (error) {
    const known = error instanceof YAMLException ? error : undefined;
    const at = known?.mark?.position ?? 0;
    throw new YamlError(source, at, `Not valid YAML: ${known?.reason ?? messageOf(error)}`, {
      detail: "yaml_syntax",
      hint: "Repair the YAML there: indent with blanks, close every [ { and quote",
      cause: error,
    });
  }
}
