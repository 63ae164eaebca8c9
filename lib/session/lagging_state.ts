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
 * moment, while more is appended. Callers hold the lock of the journal, except for {@linkcode takeWarnings} and
 * {@linkcode stop}, and wait for {@linkcode saved} before they give it up.
 */
export class LaggingState {
  /** Whether the state is to be written with the next batch. */
  isDue = false;
  /** The state that the file lacks. */
  #unsaved: SessionState | undefined;
  /** The version of the file when it was looked at last. */
  #version: string | undefined;
  #stopTimer: (() => void) | undefined;
  #warning: string | undefined;
  #saving: Promise<void> | undefined;
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

  /** Begin to write the state if that is due, otherwise start the timer after which it is. */
  async follow(state: SessionState): Promise<void> {
    if (!this.isDue) return this.#wait();
    await this.saved();
    this.#saving = this.#save(state).finally(() => {
      this.#saving = undefined;
      this.#wait();
    });
    this.#saving.catch(() => {}); // whoever waits for it hears of its failure
  }

  /** Wait until nothing is being written. */
  async saved(): Promise<void> {
    await this.#saving;
  }

  /** Remember the version of the file, after it was read or written with the journal. */
  async look(): Promise<void> {
    this.#version = await versionOf(this.#effects.files, this.#paths.state);
  }

  /**
   * Another process changed the journal. Gait writes the state file with the journal; where that did not happen, the state
   * file gets what this writer knows, so that every reader notices when events were removed.
   */
  async leave(): Promise<void> {
    await this.saved();
    const state = this.#unsaved;
    this.#unsaved = undefined;
    const { files } = this.#effects;
    if (state === undefined || await versionOf(files, this.#paths.state) !== this.#version) return;
    if (await files.stat(this.#paths.journal) !== undefined) await this.#save(state);
  }

  /** The warning that the state could not be written, given once. */
  takeWarnings(): string[] {
    const warnings = this.#warning === undefined ? [] : [this.#warning];
    this.#warning = undefined;
    return warnings;
  }

  /** Stop the timer; what is unsaved is due. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.isDue = this.#unsaved !== undefined;
  }

  #wait(): void {
    if (!this.#unsaved || this.#saving) return;
    this.#stopTimer ??= this.#effects.after(STATE_LAG, () => {
      this.#stopTimer = undefined;
      this.isDue = true;
      this.#saveSoon();
    });
  }

  async #save(state: SessionState): Promise<void> {
    this.isDue = false;
    this.#unsaved = undefined;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#warning = await afterwards(
      "state",
      () => saveState(this.#effects.files, this.#paths.state, state),
    );
    await this.look();
  }
}

/** The version of a file; `undefined` when it can't be found out, so that the file is read again. */
export async function versionOf(files: SessionEffects["files"], path: string): Promise<string | undefined> {
  try {
    return (await files.stat(path))?.version;
  } catch {
    return undefined;
  }
}
