import type { CommandNeeds } from "../doctor/check.ts";
import type { Effects } from "../effects/types.ts";
import type { Approver } from "./approvals/minter.ts";

/** What the user started the page with. */
export interface UiOptions {
  /** Whether the page may change nothing but what its quickstart makes. */
  readonly readOnly: boolean;
  /** Folders with traces; the usual ones if empty. */
  readonly traces: readonly string[];
  /** Folders with runpacks; the usual one if empty. */
  readonly runs: readonly string[];
  /** Folder of jobs. */
  readonly jobRoot: string;
  /** The policy to look at first. */
  readonly policy: string | undefined;
  /** Folders with intents; the usual ones if empty. */
  readonly intents: readonly string[];
  /** Folder of approval tokens. */
  readonly approvals: string;
  /** Who may approve; nobody if absent. */
  readonly approver: Approver | undefined;
}

/** Effects for the page's server. */
export type UiEffects = Pick<
  Effects,
  | "files"
  | "now"
  | "random"
  | "runChild"
  | "executable"
  | "env"
  | "home"
  | "os"
  | "arch"
  | "watch"
  | "permissions"
>;

/** What the routes work with. */
export interface UiContext {
  readonly options: UiOptions;
  readonly effects: UiEffects;
  readonly version: string;
  /** The permissions of each command, for the diagnosis. */
  readonly commands: () => Promise<readonly CommandNeeds[]>;
}
