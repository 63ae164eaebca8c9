import { type JsoncNode, memberOf, parseJsonc, plainValue } from "../../formats/jsonc.ts";
import { invalidInput } from "../../errors/mod.ts";
import type { HookContract } from "./clients.ts";

/**
 * Check that settings don't turn hooks off: a hook that was put into them would never run, and nothing would tell. The
 * settings of a project may be somebody else's.
 *
 * @param what the settings, for errors
 * @throws {GaitError} `invalid_input` when they do
 */
export function demandHooksOn(text: string, what: string, { switches }: HookContract): void {
  if (text.trim() === "") return;
  const document = parseJsonc(text, what);
  for (const { member, off } of switches) {
    const node = member.reduce<JsoncNode | undefined>((at, name) => at && memberOf(at, name), document);
    if (node === undefined || !isOff(plainValue(node), off)) continue;
    throw invalidInput(`Cannot use ${what}: ${member.join(".")} turns the hook off`, {
      hint: `Take ${member.join(".")} out of it, or put the hook into other settings with --settings`,
    });
  }
}

function isOff(value: unknown, off: HookContract["switches"][number]["off"]): boolean {
  if (off !== "names gait") return value === off || value === (off === "true");
  return Array.isArray(value) && value.some((name) => typeof name === "string" && /\bgait\b/.test(name));
}
