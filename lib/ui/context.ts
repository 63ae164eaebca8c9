import type { Effects } from "../effects/types.ts";

/** What the user started the page with. */
export interface UiOptions {
  /** Whether the page may change nothing but what its quickstart makes. */
  readonly readOnly: boolean;
  /** Folders with traces: of the working folder only its own files, of any other folder all below it. */
  readonly traces: readonly string[];
  /** Folders with runpacks. */
  readonly runs: readonly string[];
  /** Folder of jobs. */
  readonly jobRoot: string;
  /** The policy to look at first. */
  readonly policy: string | undefined;
  /** Folders with intents, for trying a policy on. */
  readonly intents: readonly string[];
}

/** Effects for the page's server. */
export type UiEffects = Pick<
  Effects,
  "files" | "now" | "random" | "runChild" | "executable" | "env" | "home" | "os" | "arch" | "watch"
>;

/** What the routes work with. */
export interface UiContext {
  readonly options: UiOptions;
  readonly effects: UiEffects;
  readonly version: string;
}
