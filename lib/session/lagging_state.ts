import type { Effects } from "../effects/mod.ts";
import type { SessionState } from "../schema/session_journal.ts";
import { afterwards } from "./append.ts";
import type { SessionEffects } from "./session.ts";
import { saveState } from "./state.ts";

/** How long the state file may be older than the journal, in milliseconds. */
const STATE_LAG = 50;

/** Where the files of a session are. */
interface Places {
  readonly journal: string;
  readonly state: string;
}

type StateEffects = Pick<SessionEffects, "files"> & Pick<Effects, "after">;

/**
 * The state file of a session whose journal is written all the time: it is a cache, and follows the journal after a
 * moment. Whoever calls holds the lock of the journal, but for {@linkcode takeWarnings} and {@linkcode stop}.
 */
export class LaggingState {
  /** Whether the state is to be written with the next batch. */
  isDue = false;
  /** The state that the file lacks. */
  #unsaved: SessionState | undefined;
  /** What the file was like when it was looked at last. */
  #version: string | undefined;
  #stopTimer: (() => void) | undefined;
  #warning: string | undefined;
  readonly #paths: Places;
  readonly #effects: StateEffects;
  readonly #saveSoon: () => void;

  /** @param saveSoon called when the state is due, to write a batch even if no event waits */
  constructor(paths: Places, effects: StateEffects, saveSoon: () => void) {
    this.#paths = paths;
    this.#effects = effects;
    this.#saveSoon = saveSoon;
  }

  /** Events were appended. */
  changed(state: SessionState): void {
    this.#unsaved = state;
  }

  /** Write the state if that is due, otherwise see to it that it will be. */
  async follow(state: SessionState): Promise<void> {
    if (this.isDue) return await this.#save(state);
    if (!this.#unsaved) return;
    this.#stopTimer ??= this.#effects.after(STATE_LAG, () => {
      this.#stopTimer = undefined;
      this.isDue = true;
      this.#saveSoon();
    });
  }

  /** Remember what the file is like, after it was read or written with the journal. */
  async look(): Promise<void> {
    this.#version = await versionOf(this.#effects.files, this.#paths.state);
  }

  /**
   * Somebody else changed the journal. Whoever does so with Gait writes the state as well. Otherwise the state file gets
   * what the writer knows first, so that events that are gone are noticed, by every reader and until somebody deals with
   * that.
   */
  async leave(): Promise<void> {
    const state = this.#unsaved;
    this.#unsaved = undefined;
    const { files } = this.#effects;
    if (state === undefined || await versionOf(files, this.#paths.state) !== this.#version) return;
    if (await files.stat(this.#paths.journal) !== undefined) await this.#save(state);
  }

  /** That the state could not be written, told once. */
  takeWarnings(): string[] {
    const warnings = this.#warning === undefined ? [] : [this.#warning];
    this.#warning = undefined;
    return warnings;
  }

  /** Wait no longer. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.isDue = this.#unsaved !== undefined;
  }

  async #save(state: SessionState): Promise<void> {
    this.isDue = false;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#warning = await afterwards(
      "state",
      () => saveState(this.#effects.files, this.#paths.state, state),
    );
    this.#unsaved = undefined;
    await this.look();
  }
}

/** What a file is like; `undefined` when that can't be told, so that it is read again. */
export async function versionOf(files: SessionEffects["files"], path: string): Promise<string | undefined> {
  try {
    return (await files.stat(path))?.version;
  } catch {
    return undefined;
  }
}
