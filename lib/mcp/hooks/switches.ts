import { type JsoncNode, memberOf, parseJsonc, plainValue } from "../../formats/jsonc.ts";
import { type GaitError, invalidInput } from "../../errors/mod.ts";
import type { HookContract, Switch } from "./clients.ts";

/**
 * Check that settings don't turn hooks off: a hook that was put into them would never run, and nothing would tell. The
 * settings of a project may be somebody else's.
 *
 * @param what the settings, for errors
 * @throws {GaitError} `invalid_input` when they do
 */
export function demandHooksOn(text: string, what: string, { switches }: HookContract): void {
  const member = findSwitch(text, what, switches);
  if (member !== undefined) throw turnedOff(what, member);
}

/** The error about settings that turn hooks off. */
export function turnedOff(what: string, member: string): GaitError {
  return invalidInput(`Cannot use ${what}: ${member} turns the hook off`, {
    hint: `Take ${member} out of it, or put the hook into other settings with --settings`,
  });
}

/**
 * The first member of settings that turns hooks off, by its path.
 *
 * @throws {GaitError} `invalid_input` when the settings can't be read
 */
export function findSwitch(text: string, what: string, switches: readonly Switch[]): string | undefined {
  if (text.trim() === "") return undefined;
  const document = parseJsonc(text, what);
  return switches.find(({ member, off }) => {
    const node = member.reduce<JsoncNode | undefined>((at, name) => at && memberOf(at, name), document);
    return node !== undefined && isOff(plainValue(node), off);
  })?.member.join(".");
}

function isOff(value: unknown, off: Switch["off"]): boolean {
  if (off !== "names gait") return value === off || value === (off === "true");
  return Array.isArray(value) && value.some((name) => typeof name === "string" && /\bgait\b/.test(name));
}
