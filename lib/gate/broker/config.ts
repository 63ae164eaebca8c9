import type { ChildRequest, ChildResult, Environment } from "../../effects/types.ts";
import { invalidInput, invalidOption } from "../../errors/mod.ts";
import { baseName, cleanPath } from "../../formats/path.ts";
import { commaList, trim } from "../../formats/text.ts";

/** A configured broker, or none. */
export type Broker =
  | { readonly kind: "off" }
  | { readonly kind: "stub" }
  | { readonly kind: "env"; readonly prefix: string }
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] };

/** Effects for brokers. */
export interface BrokerEffects {
  readonly env: Environment;
  readonly runChild: (request: ChildRequest) => Promise<ChildResult>;
  readonly now: () => number;
}

/** Kind of credential broker; `off` means none. */
export type BrokerKind = "off" | "stub" | "env" | "command";

/** All kinds of broker. */
export const BROKER_KINDS: readonly BrokerKind[] = ["off", "stub", "env", "command"];

/** Options for the credential broker. */
export interface BrokerOptions {
  /** Kind of broker. */
  readonly kind: BrokerKind;
  /** With `env`: prefix of its variables; default: `GAIT_BROKER_TOKEN_`. */
  readonly envPrefix?: string | undefined;
  /** With `command`: the program to run, without a shell. */
  readonly command?: string | undefined;
  /** With `command`: its arguments. */
  readonly commandArgs?: readonly string[];
  /** Reference to request instead of that of the rule. */
  readonly reference?: string | undefined;
  /** Scopes to request in addition to those of the rule. */
  readonly scopes?: readonly string[];
}

const DEFAULT_PREFIX = "GAIT_BROKER_TOKEN_";

/** Variable that, when set, lists the only permitted broker commands. */
const ALLOWLIST = "GAIT_CREDENTIAL_COMMAND_ALLOWLIST";

/**
 * The broker that the options configure (docs/spec/tokens.md 6).
 *
 * @throws {GaitError} `invalid_input` for a missing command, or one that is not listed
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
