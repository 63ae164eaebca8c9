import type { Effects } from "../effects/types.ts";
import type { LenientDefaults } from "../config/lenient.ts";

/** What a check found. */
export type Status = "pass" | "warn" | "fail";

/** What a check is about. */
export type Scope = "universal" | "repo_checkout" | "production_readiness";

/** How something is mended: in words or as a command line, and where possible as something that can be done. */
export interface Fix {
  /** For people: a command line, or what to do in words. */
  readonly command: string;
  /** A command that can be run as it is, without a shell. */
  readonly argv?: readonly string[];
  /** What `--fix` does about it. */
  readonly repairs?: readonly Repair[];
}

/** A step that `--fix` may take: it overwrites nothing that somebody wrote, and makes no key. */
export type Repair =
  | { readonly kind: "make_folder"; readonly path: string }
  | { readonly kind: "set_mode"; readonly path: string; readonly mode: number }
  | { readonly kind: "remove_file"; readonly path: string; readonly version: string }
  | { readonly kind: "write_config"; readonly path: string }
  | { readonly kind: "set_keys"; readonly path: string; readonly keys: readonly ConfigKey[] };

/** A key of the configuration and the value that it is to have. */
export interface ConfigKey {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** The answer of a check. */
export interface Finding {
  readonly status: Status;
  readonly message: string;
  readonly fix?: Fix;
  /** Nothing that a user does here mends it. */
  readonly nonFixable?: true;
  /** Further members of the result. */
  readonly facts?: Readonly<Record<string, string>>;
  /** More about it, for programs. */
  readonly details?: Readonly<Record<string, readonly string[]>>;
}

/** What checks look at. */
export interface DoctorContext extends DoctorOptions {
  readonly effects: DoctorEffects;
  /** The output folder, joined to the workdir. */
  readonly output: string;
  /** `.gait/config.yaml` of the workdir. */
  readonly config: () => Promise<ConfigState>;
}

/** The configuration: what it says, that there is none, or why it can't be read. */
export type ConfigState =
  | ({ readonly state: "read"; readonly path: string } & LenientDefaults)
  | { readonly state: "missing"; readonly path: string }
  | { readonly state: "unreadable"; readonly path: string; readonly reason: string };

/** How a diagnosis is set up. */
export interface DoctorOptions {
  readonly workdir: string;
  readonly outputDir: string;
  /** As given, in any case; blank means `dev`. */
  readonly keyMode: string;
  readonly privateKey: string | undefined;
  readonly privateKeyEnv: string | undefined;
  readonly publicKey: string | undefined;
  readonly publicKeyEnv: string | undefined;
  /** Version of this program. */
  readonly version: string;
  /** The permissions that each command keeps. */
  readonly commands: () => Promise<readonly CommandNeeds[]>;
}

/** What a command may use. */
export interface CommandNeeds {
  readonly name: string;
  readonly needs: readonly string[];
}

/** Effects for a diagnosis. */
export type DoctorEffects = Pick<
  Effects,
  "files" | "env" | "now" | "random" | "runChild" | "home" | "os" | "arch" | "executable" | "permissions"
>;

/** One thing to look at. */
export interface Check {
  /** Stable: scripts and documents name it. */
  readonly id: string;
  readonly scope: Scope;
  /** What it asks, in a line. */
  readonly title: string;
  look(context: DoctorContext): Promise<Finding>;
}

export function pass(message: string, facts?: Readonly<Record<string, string>>): Finding {
  return { status: "pass", message, ...(facts && { facts }) };
}

export function warn(message: string, fix?: Fix, facts?: Readonly<Record<string, string>>): Finding {
  return { status: "warn", message, ...(fix && { fix }), ...(facts && { facts }) };
}

export function fail(message: string, fix?: Fix): Finding {
  return { status: "fail", message, ...(fix && { fix }) };
}
