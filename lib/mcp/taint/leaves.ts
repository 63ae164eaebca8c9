import { fromBase64 } from "../../formats/bytes.ts";
import { collectParts } from "./readable.ts";

/** A text within a value: a member or item that is no container, or the name of a member. */
export interface Leaf {
  /** As in `arg_path` of an intent: `$.to`, `$.files[0]`, `$["odd name"]`. */
  readonly path: string;
  readonly text: string;
  /** `name` for the name of a member, `joined` for several texts of a list or object in a row. */
  readonly role: "value" | "name" | "joined";
  /** Base64 of bytes that are no text: an image, say. */
  readonly binary: boolean;
}

/** What a value or a name costs beside its characters. */
const EACH_COSTS = 8;

/** What the characters of bytes that are no text cost less. */
const BINARY_DISCOUNT = 16;

/**
 * Visit all texts of a JSON value. Numbers count as they are written; names of members too, since a name can hold an
 * address. The texts directly within a list or object are also visited joined, because a text may come in pieces.
 *
 * @param skip whether a text is left out, names too
 * @param budget how much is looked at, in characters
 * @returns whether that was all
 */
export function eachLeaf(
  value: unknown,
  visit: (leaf: Leaf) => void,
  skip: (text: string, role: Leaf["role"]) => boolean = () => false,
  budget = Infinity,
): boolean {
  // Without recursion: the depth of a value is up to whoever sends it.
  const open: { readonly path: string; readonly value: unknown }[] = [{ path: "$", value }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next;
    budget -= EACH_COSTS;
    if (budget < 0) return false;
    if (typeof value !== "object" || value === null) {
      if (value !== null && value !== undefined) visitText(path, String(value), "value");
      continue;
    }
    const texts: string[] = [];
    const inside: { path: string; value: unknown }[] = [];
    const isBinary = Array.isArray(value) ? () => false : binaryMember(value as Record<string, unknown>);
    const add = (at: string, name: string, member: unknown) => {
      if (typeof member === "string" && isBinary(name)) {
        visitText(at, member, "value", true);
        return;
      }
      inside.push({ path: at, value: member });
      if (typeof member === "string" && !skip(member, "value")) texts.push(member);
    };
    if (Array.isArray(value)) { for (const [i, item] of value.entries()) add(`${path}[${i}]`, "", item); }
    else {
      for (const [name, member] of Object.entries(value)) {
        const at = path + step(name);
        visitText(at, name, "name");
        if (budget < 0) return false;
        add(at, name, member);
      }
    }
    // In the order of the value: the last one that is added is taken first.
    for (let i = inside.length - 1; i >= 0; i--) open.push(inside[i]!);
    if (texts.length > 1) visitText(path, texts.join(""), "joined");
  }
  return budget >= 0;

  function visitText(path: string, text: string, role: Leaf["role"], mayBeBinary = false): void {
    if (text === "" || budget < 0 || skip(text, role)) return;
    const binary = mayBeBinary && isBinaryText(text);
    budget -= EACH_COSTS + (binary ? text.length / BINARY_DISCOUNT : text.length);
    // A text beyond the budget is not looked at in part: what matters may be in the rest.
    if (budget >= 0) visit({ path, text, role, binary });
  }
}

function step(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** The members of content that hold bytes: `data` of images and sounds, `blob` of resources. */
function binaryMember(content: Record<string, unknown>): (name: string) => boolean {
  const holdsData = content.type === "image" || content.type === "audio";
  return (name) => name === "blob" || (holdsData && name === "data");
}

/** Whether a text really is base64, and hardly any of its bytes are readable: a server may call anything an image. */
function isBinaryText(text: string): boolean {
  const bytes = fromBase64(text);
  if (bytes === undefined) return false;
  const readable = collectParts(bytes.length);
  for (const byte of bytes) readable.add(byte);
  readable.end();
  return readable.parts.reduce((sum, part) => sum + part.length, 0) * 4 < bytes.length;
}
