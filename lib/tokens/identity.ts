import { invalidInput } from "../errors/mod.ts";
import { escapeControls } from "../formats/controls.ts";
import { trim } from "../formats/text.ts";

/**
 * What nobody sees in a name: controls, formats, what is unassigned, private or half a character, line separators,
 * spaces but the usual one, fillers, and what has no width of its own.
 */
const UNSEEN =
  /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u;

/**
 * The name of somebody who answers for something, trimmed. A name must not differ from another by what nobody sees:
 * else one person could be the two that a rule demands, and a record name somebody who isn't there.
 *
 * @throws {GaitError} `invalid_input` when there is none, or it holds what can't be seen
 */
export function demandIdentity(text: string, flag: string): string {
  const name = trim(text);
  if (name === "") throw invalidInput(`Missing ${flag}`);
  if (UNSEEN.test(text)) {
    throw invalidInput(`Cannot use ${flag} "${escapeControls(text)}": it holds characters that nobody sees`, {
      hint: "Type the name instead of copying it",
    });
  }
  return name;
}
