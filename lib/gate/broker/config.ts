import type { ChildRequest, ChildResult, Environment } from "../../effects/types.ts";
import { invalidInput } from "../../errors/mod.ts";
import { baseName, cleanPath } from "../../formats/path.ts";
import { commaList, trim, trimLower } from "../../formats/text.ts";

/** Who releases credentials; `off` stands for nobody. */
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

/** What flags say of the broker; blank stands for "not given". */
export interface BrokerSettings {
  readonly kind: string;
  readonly envPrefix: string;
  readonly command: string;
  /** Separated by commas, or one by one, and then taken as they are. */
  readonly commandArgs: string | readonly string[];
}

const DEFAULT_PREFIX = "GAIT_BROKER_TOKEN_";

/** Variable that, when it is set, lists the only commands that may be brokers. */
const ALLOWLIST = "GAIT_CREDENTIAL_COMMAND_ALLOWLIST";

/**
 * The broker that settings name (docs/spec/tokens.md 6).
 *
 * @throws {GaitError} `invalid_input` for an unknown name, no command, or one that is not listed
 */
export function brokerOf(settings: BrokerSettings, env: Environment): Broker {
  const kind = trimLower(settings.kind);
  switch (kind) {
    case "":
    case "off":
    case "none":
      return { kind: "off" };
    case "stub":
      return { kind };
    case "env":
      return { kind, prefix: trim(settings.envPrefix) || DEFAULT_PREFIX };
    case "command": {
      const command = trim(settings.command);
      if (command === "") {
        throw invalidInput('Credential broker "command" needs --credential-command');
      }
      checkListed(command, commaList(env.get(ALLOWLIST) ?? ""));
      return { kind, command, args: argsOf(settings.commandArgs) };
    }
    default:
      throw invalidInput(
        `Cannot use credential broker "${settings.kind}": expected off, stub, env or command`,
      );
  }
}

function argsOf(given: string | readonly string[]): readonly string[] {
  return typeof given === "string" ? commaList(given) : given;
}

function checkListed(command: string, allowed: readonly string[]): void {
  if (allowed.length === 0) return;
  const path = cleanPath(command);
  const listed = allowed.map((path) => cleanPath(path));
  if (listed.includes(path) || listed.includes(baseName(path))) return;
  throw invalidInput(`Cannot use credential command "${command}": ${ALLOWLIST} does not list it`);
}
