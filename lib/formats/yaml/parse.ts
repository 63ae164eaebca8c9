import { type Event, EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import { messageOf } from "../../errors/mod.ts";
import { YamlError } from "./error.ts";
import { buildTree } from "./build.ts";
import { refuseLineSeparators } from "./line_separators.ts";
import type { YamlDocument, YamlSource } from "./node.ts";
import { yamlSource } from "./source.ts";

/** Levels that collections may nest. */
export const MAX_YAML_DEPTH = 100;

/**
 * Read the first document of a YAML text (docs/spec/gate.md 1.1): UTF-8 without BOM; later documents are not used, but
 * must be free of syntax errors. Anchors, aliases and merge keys are resolved within
 * {@linkcode MAX_EXPANDED_NODES}; a key that occurs twice is refused, and so is what only some readers take for the end
 * of a line.
 *
 * @param name what to call the text in messages, e.g. its path
 * @throws {YamlError} `invalid_input` with the place of the mistake
 */
export function parseYaml(input: string | Uint8Array, name: string): YamlDocument {
  return parseSource(yamlSource(input, name));
}

/** The same for a text whose encoding was checked. */
export function parseSource(source: YamlSource): YamlDocument {
  const events = readEvents(source);
  refuseLineSeparators(source, events);
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
  const tree = documents === 0 ? { root: undefined, anchors: new Map() } : buildTree(events, source);
  return { source, ...tree, documents };
}

/** The events of a text, e.g. to find out where scalars stand. */
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
