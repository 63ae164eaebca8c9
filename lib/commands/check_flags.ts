import { invalidInput } from "../errors/mod.ts";
import type { Call, Flags } from "./define.ts";

/**
 * Check the flags behind `--` that an install command hands on to the command that it writes into a configuration. A
 * mistyped one would stop the server or the agent later; another word would be started as a program; and a second
 * `--policy` would decide the calls in place of the one that was shown and parsed.
 *
 * @throws {GaitError} `invalid_input`
 */
export async function checkFlags({ command, given, own, checkArguments }: {
  readonly command: string;
  readonly given: readonly string[];
  /** Flags of the install command itself. */
  readonly own: readonly string[];
  readonly checkArguments: Call<Flags>["checkArguments"];
}): Promise<void> {
  const twice = given.find((word) => own.includes(word.replace(/^--?/, "--").replace(/=.*/, "")));
  if (twice !== undefined) {
    throw invalidInput(`Cannot use "${twice}" behind --: it would be given twice`, {
      hint: `Give ${twice.replace(/=.*/, "")} in front of --`,
    });
  }
  const [word] = await checkArguments(command, ["--policy", "policy.yaml", ...given]);
  if (word === undefined) return;
  throw invalidInput(`Cannot use "${word}": only flags of gait ${command} are expected behind --`, {
    hint: "For example: -- --key-mode prod --private-key /keys/gait.key",
  });
}
