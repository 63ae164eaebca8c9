import { GaitError } from "../errors/mod.ts";
import { escapeControls } from "../formats/controls.ts";

/**
 * Refuse to work where every object has a member that nobody gave it. A careless merge of untrusted JSON writes to
 * `Object.prototype`; a member that options, a policy or an answer may lack would then be found there, and
 * `simulate: true` allows every call. Members that can't be enumerated are those of the language and of polyfills.
 *
 * @throws {GaitError} `unsafe_operation`
 */
export function demandPlainObjects(): void {
  for (const prototype of [Object.prototype, Array.prototype]) {
    const [added] = Object.keys(prototype);
    if (added === undefined) continue;
    throw new GaitError(
      "unsafe_operation",
      `Cannot rely on objects: all of them have a member ${escapeControls(JSON.stringify(added))}`,
      { detail: "prototype_polluted", hint: "Find what writes to Object.prototype or Array.prototype" },
    );
  }
}
