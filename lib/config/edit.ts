import { invalidInput } from "../errors/mod.ts";
import {
  isNullScalar,
  readYaml,
  type YamlEntry,
  type YamlMapping,
  type YamlNode,
} from "../formats/yaml/mod.ts";

/**
 * Set a key of a configuration, and leave every other byte as it is: comments, order, blank lines. What is not written
 * in the plain way, a line a key, is left to its author.
 *
 * @param value a word or number that needs no quotes
 * @throws {GaitError} `invalid_input` where that can't be done by changing one line
 */
export async function setConfigKey(
  text: string,
  section: string,
  key: string,
  value: string,
): Promise<string> {
  const { root, documents } = await readYaml(text, "the configuration");
  if (documents > 1 || /^(?:\.\.\.|---)/m.test(text.replace(/^---[ \t]*\n/, ""))) throw byHand(section, key);
  if (root === undefined) return append(text, section, key, value);
  if (!isBlock(root, text)) throw byHand(section, key);
  const holder = root.entries.find((entry) => entry.key.text === section);
  if (holder === undefined) return append(text, section, key, value);
  const { value: held } = holder;
  if (held.kind === "scalar" && isNullScalar(held) && held.text === "") {
    return insertBelow(text, holder, `  ${key}: ${value}`);
  }
  if (!isBlock(held, text) || held.entries.length === 0) throw byHand(section, key);
  const entry = held.entries.find((entry) => entry.key.text === key);
  if (entry !== undefined) return replaceValue(text, entry, value) ?? fail(section, key);
  const [first] = held.entries;
  const start = text.lastIndexOf("\n", first!.key.at - 1) + 1;
  const indent = text.slice(start, first!.key.at);
  if (!/^ +$/.test(indent)) throw byHand(section, key);
  return `${text.slice(0, start)}${indent}${key}: ${value}\n${text.slice(start)}`;
}

/** A mapping with a line for each key. */
function isBlock(node: YamlNode, text: string): node is YamlMapping {
  return node.kind === "mapping" && text[node.at] !== "{" && text[node.at] !== "*" && text[node.at] !== "&";
}

function append(text: string, section: string, key: string, value: string): string {
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${end}${section}:\n  ${key}: ${value}\n`;
}

function insertBelow(text: string, { key }: YamlEntry, line: string): string {
  const end = text.indexOf("\n", key.at);
  return end < 0 ? `${text}\n${line}\n` : `${text.slice(0, end)}\n${line}${text.slice(end)}`;
}

/** The text with another value; `undefined` where the old one is not on the line of its key, and nothing else is. */
function replaceValue(text: string, { key, value: held }: YamlEntry, value: string): string | undefined {
  if (held.kind !== "scalar") return undefined;
  const lineEnd = text.indexOf("\n", key.at);
  const line = text.slice(key.at, lineEnd < 0 ? text.length : lineEnd);
  const name = `${key.text}:`;
  if (!line.startsWith(name)) return undefined;
  const after = line.slice(name.length);
  const old = trimStart(after);
  const gap = after.slice(0, after.length - old.length);
  for (const written of [`"${held.text}"`, `'${held.text}'`, held.text]) {
    if (!old.startsWith(written)) continue;
    const rest = old.slice(written.length);
    const more = trimStart(rest);
    const isComment = more.startsWith("#") && (rest !== more || written === "");
    if (more !== "" && more !== "\r" && !isComment) continue;
    const changed = `${name}${gap === "" || written === "" ? " " : gap}${value}${
      isComment && rest === more ? " " : ""
    }${rest}`;
    return text.slice(0, key.at) + changed + text.slice(key.at + line.length);
  }
  return undefined;
}

function trimStart(text: string): string {
  let start = 0;
  while (text[start] === " " || text[start] === "\t") start++;
  return text.slice(start);
}

function fail(section: string, key: string): never {
  throw byHand(section, key);
}

function byHand(section: string, key: string) {
  return invalidInput(`Cannot set ${section}.${key} without changing more of the file than its line`, {
    hint: "Set it by hand; docs/configuration.md has each key",
  });
}
