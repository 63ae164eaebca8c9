import type { Files } from "../../effects/types.ts";
import { joinPath } from "../../formats/path.ts";
import { CONTRACTS, type HookClient } from "./clients.ts";
import { readSettings } from "./settings_file.ts";
import { findSwitch } from "./switches.ts";

/*
 * Agents read several files of settings, and any of them may turn off hooks that stand in another one: nothing would tell
 * that the hook of Gait never runs.
 */

/** One file of settings of an agent. */
export interface Layer {
  readonly path: string;
  /** Whether it is the machine's, which users can't change. */
  readonly managed: boolean;
}

/** Where an agent looks for settings. */
export interface LayerPlaces {
  /** The folder of the project; absent when its settings don't count. */
  readonly project?: string;
  readonly home: string | undefined;
  readonly os: string;
}

/** The files of settings that an agent reads, whether they exist or not. */
export function layersOf(client: HookClient, { project, home, os }: LayerPlaces): Layer[] {
  const { settings, siblings, userSettings, managed } = CONTRACTS[client];
  const folder = settings.slice(0, settings.lastIndexOf("/"));
  const ofProject = project === undefined
    ? []
    : [settings, ...siblings.map((name) => `${folder}/${name}`)].map((path) => joinPath(project, path));
  return [
    ...[...ofProject, ...(home === undefined ? [] : [joinPath(home, userSettings)])].map((path) => ({
      path,
      managed: false,
    })),
    ...(managed[os] ?? []).map((path) => ({ path, managed: true })),
  ];
}

/** A member of a layer that turns hooks off. */
export interface SwitchedOff {
  readonly path: string;
  readonly member: string;
}

/**
 * The first layer that turns off the hook that stands in another one.
 *
 * @param ofManaged whether the hook stands in settings of the machine, which those of a user don't turn off
 * @throws {GaitError} `invalid_input` when a layer can't be read
 */
export async function switchedOff(
  client: HookClient,
  layers: readonly Layer[],
  files: Files,
  ofManaged: boolean,
): Promise<SwitchedOff | undefined> {
  const { switches, managedSwitches } = CONTRACTS[client];
  for (const { path, managed } of layers) {
    if ((ofManaged && !managed) || await files.stat(path) === undefined) continue;
    const { text } = await readSettings(files, path);
    const all = managed && !ofManaged ? [...switches, ...managedSwitches] : switches;
    const member = findSwitch(text, `settings "${path}"`, all);
    if (member !== undefined) return { path, member };
  }
  return undefined;
}
