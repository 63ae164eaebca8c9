/// <reference lib="dom" />
import { escapeControls, UNSEEN } from "../../../formats/controls.ts";
import { element } from "./dom.ts";

/** Characters that a browser would not show, or would let turn the text around them. */
// deno-lint-ignore gait/linear-regex -- one character of a class
const WITHOUT_SHAPE = new RegExp(`[${UNSEEN}]`, "gu");

/**
 * The JSON of a result, byte for byte, so that it can be copied and compared with the command's output. An invisible
 * character is wrapped in an element that shows its code and isolates it from its neighbours.
 */
export function jsonText(json: string): HTMLElement {
  const text = element("pre", { id: "result", tabindex: "0" });
  let at = 0;
  for (const { 0: character, index } of json.matchAll(WITHOUT_SHAPE)) {
    const unseen = element("span", { class: "unseen", "data-code": escapeControls(character) });
    unseen.append(character);
    text.append(json.slice(at, index), unseen);
    at = index + character.length;
  }
  text.append(json.slice(at));
  return text;
}
