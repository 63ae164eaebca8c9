import type { ChildRequest, ChildResult, Environment } from "../../effects/types.ts";
import { invalidInput, invalidOption } from "../../errors/mod.ts";
import { baseName, cleanPath } from "../../formats/path.ts";
import { commaList, trim } from "../../formats/text.ts";

/** A broker that can be asked, or nobody. */
export type Broker =
  | { readonly kind: "off" }
  | { readonly kind: "stub" }
  | { readonly kind: "env"; readonly prefix: string }
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] };

/** What brokers need from outside. */
export interface BrokerEffects {
  readonly env: Environment;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
  readonly now: () => number;
}

/** Who releases credentials; `off` stands for nobody. */
export type BrokerKind = "off" | "stub" | "env" | "command";

/** The brokers that there are. */
export const BROKER_KINDS: readonly BrokerKind[] = ["off", "stub", "env", "command"];

/** Who releases credentials, and what is asked for. */
export interface BrokerOptions {
  /** Who is asked. */
  readonly kind: BrokerKind;
  /** With `env`: what its variables begin with; `GAIT_BROKER_TOKEN_` unless given. */
  readonly envPrefix?: string | undefined;
  /** With `command`: the program to run, without a shell. */
  readonly command?: string | undefined;
  /** Its arguments, as they are. */
  readonly commandArgs?: readonly string[];
  /** What to ask for, instead of what the rule says. */
  readonly reference?: string | undefined;
  /** Scopes to ask for beside those of the rule. */
  readonly scopes?: readonly string[];
}

const DEFAULT_PREFIX = "GAIT_BROKER_TOKEN_";

/** Variable that, when it is set, lists the only commands that may be brokers. */
const ALLOWLIST = "GAIT_CREDENTIAL_COMMAND_ALLOWLIST";

/**
 * The broker that options name (docs/spec/tokens.md 6).
 *
 * @throws {GaitError} `invalid_input` for no command, or one that is not listed
 */
export function brokerOf(options: BrokerOptions | undefined, env: Environment): Broker {
  switch (options?.kind) {
    case undefined:
    case "off":
      return { kind: "off" };
    case "stub":
      return { kind: "stub" };
    case "env":
      return { kind: "env", prefix: trim(options.envPrefix ?? "") || DEFAULT_PREFIX };
    case "command": {
      const command = trim(options.command ?? "");
      if (command === "") {
        throw invalidOption((name) => `Credential broker "command" needs ${name("broker.command")}`);
      }
      checkListed(command, commaList(env.get(ALLOWLIST) ?? ""));
      return { kind: "command", command, args: options.commandArgs ?? [] };
    }
  }
}

function checkListed(command: string, allowed: readonly string[]): void {
  if (allowed.length === 0) return;
  const path = cleanPath(command);
  const listed = allowed.map((path) => cleanPath(path));
  if (listed.includes(path) || listed.includes(baseName(path))) return;
  throw invalidInput(`Cannot use credential command "${command}": ${ALLOWLIST} does not list it`);
}
