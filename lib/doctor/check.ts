import type { Effects } from "../effects/types.ts";
import type { LenientDefaults } from "../config/lenient.ts";

/** The status of a check. */
export type Status = "pass" | "warn" | "fail";

/** The scope of a check. */
export type Scope = "universal" | "repo_checkout" | "production_readiness";

/** How to fix a finding: in words or as a command line, and if possible as steps for `--fix`. */
export interface Fix {
  /** For people: a command line, or instructions in words. */
  readonly command: string;
  /** A command that can be run as is, without a shell. */
  readonly argv?: readonly string[];
  /** The steps that `--fix` takes. */
  readonly repairs?: readonly Repair[];
}

/** A step that `--fix` may take: it never overwrites anything written by a person, and never creates a key. */
export type Repair =
  | { readonly kind: "make_folder"; readonly path: string }
  | { readonly kind: "set_mode"; readonly path: string; readonly mode: number }
  | { readonly kind: "remove_file"; readonly path: string; readonly version: string }
  | { readonly kind: "write_config"; readonly path: string }
  | { readonly kind: "set_keys"; readonly path: string; readonly keys: readonly ConfigKey[] };

/** A configuration key and its intended value. */
export interface ConfigKey {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** The result of a check. */
export interface Finding {
  readonly status: Status;
  readonly message: string;
  readonly fix?: Fix;
  /** The user can't fix it here. */
  readonly nonFixable?: true;
  /** Further members of the result. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Details, for programs. */
  readonly details?: Readonly<Record<string, readonly string[]>>;
}

/** The context that checks examine. */
export interface DoctorContext extends DoctorOptions {
  readonly effects: DoctorEffects;
  /** The output folder, joined to the workdir. */
  readonly output: string;
  /** `.gait/config.yaml` of the workdir. */
  readonly config: () => Promise<ConfigState>;
}

/** The configuration: its content, that it is absent, or why it can't be read. */
export type ConfigState =
  | ({ readonly state: "read"; readonly path: string } & LenientDefaults)
  | { readonly state: "missing"; readonly path: string }
  | { readonly state: "unreadable"; readonly path: string; readonly reason: string };

/** Options of a diagnosis. */
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
  /** The permissions that each command retains. */
  readonly commands: () => Promise<readonly CommandNeeds[]>;
}

/** The permissions of a command. */
export interface CommandNeeds {
  readonly name: string;
  readonly needs: readonly string[];
}

/** Effects for a diagnosis. */
export type DoctorEffects = Pick<
  Effects,
  "files" | "env" | "now" | "random" | "runChild" | "home" | "os" | "arch" | "executable" | "permissions"
>;

/** One check. */
export interface Check {
  /** Stable: scripts and documents refer to it. */
  readonly id: string;
  readonly scope: Scope;
  /** The expectation, as a one-line title. */
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
