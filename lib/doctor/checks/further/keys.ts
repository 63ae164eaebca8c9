import type { GateDefaults } from "../../../config/sections.ts";
import { GaitError, messageOf } from "../../../errors/mod.ts";
import { folderOf, joinPath } from "../../../formats/path.ts";
import { lower } from "../../../formats/text.ts";
import { PUBLISHERS_PATH, readPublishers } from "../../../registry/publishers.ts";
import {
  type KeySources,
  loadNamedKey,
  loadSigningKey,
  loadTrustFolder,
  TRUST_FOLDER,
} from "../../../signing/mod.ts";
import { type Check, type DoctorContext, fail, pass, warn } from "../../check.ts";
import { closeToOthers } from "../../fixes.ts";
import { placeOf } from "../../place.ts";

/** The keys named in the configuration load. */
export const KEYS_LOAD: Check = {
  id: "keys_load",
  scope: "universal",
  title: "The keys of the configuration load",
  async look(context) {
    const gate = await gateOf(context);
    const at = (path: string | undefined) => path && joinPath(context.workdir, path);
    const signing: KeySources = { privateKey: at(gate.private_key), privateKeyEnv: gate.private_key_env };
    const approval: KeySources = {
      publicKey: at(gate.approval_public_key),
      publicKeyEnv: gate.approval_public_key_env,
      privateKey: at(gate.approval_private_key),
      privateKeyEnv: gate.approval_private_key_env,
    };
    const named = (sources: KeySources) => Object.values(sources).some((source) => source !== undefined);
    try {
      if (named(signing)) await loadSigningKey({ ...signing, keyMode: "prod" }, context.effects);
      if (named(approval)) await loadNamedKey(approval, context.effects);
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return fail(`a key of the configuration does not load: ${messageOf(error)}`, {
        command: "correct the key sources in .gait/config.yaml, or make a pair with gait keys init",
      });
    }
    if (lower(gate.key_mode ?? "") === "prod" && !named(signing)) {
      return warn("the configuration says key mode prod and names no key", {
        command: "set gate.private_key or gate.private_key_env in .gait/config.yaml",
      });
    }
    return pass(named(signing) || named(approval) ? "the keys load" : "no keys are configured");
  },
};

/** The keys of the trust folder load, and only its owner can add one. */
export const TRUST: Check = {
  id: "trust_folder",
  scope: "universal",
  title: "The trusted keys load, and no other user can change them",
  async look({ workdir, effects: { files, os } }) {
    const folder = joinPath(workdir, TRUST_FOLDER);
    const place = await placeOf(files, folder);
    if (place.kind === "missing") return pass("there is no trust folder");
    if (place.kind === "blocked" || place.info.kind !== "folder") {
      return fail("the trust folder can't be read");
    }
    try {
      const trusted = await loadTrustFolder(files, folder);
      await readPublishers(files, joinPath(workdir, PUBLISHERS_PATH));
      // Whoever can write to the folder above can put another one in its place.
      const paths = [
        folderOf(folder),
        folder,
        ...(await files.list(folder)).map((name) => `${folder}/${name}`),
      ];
      for (const path of paths) {
        const info = await files.stat(path);
        if (os === "windows" || info === undefined || info.kind === "symlink" || (info.mode & 0o022) === 0) {
          continue;
        }
        return fail(`"${path}" can be changed by others`, closeToOthers(path, info.mode, "w"));
      }
      return pass(trusted.source === "store" ? `${trusted.keys.size} keys are trusted` : "no key is trusted");
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return fail(`the trust folder does not load: ${messageOf(error)}`, {
        command: "gait keys trust list",
        argv: ["gait", "keys", "trust", "list"],
      });
    }
  },
};

/** No private key can be read by others (docs/threat_model.md 20). */
export const KEY_EXPOSURE: Check = {
  id: "key_exposure",
  scope: "universal",
  title: "No private key can be read by others",
  async look(context) {
    const { files, os } = context.effects;
    if (os === "windows") return pass("permissions are not checked on this system");
    for (const path of await privateKeys(context)) {
      const place = await placeOf(files, path);
      if (place.kind !== "there" || place.info.kind !== "file" || (place.info.mode & 0o077) === 0) continue;
      return fail(
        `private key "${path}" is accessible to others`,
        closeToOthers(path, place.info.mode, "rwx"),
      );
    }
    return pass("no private key is accessible to others");
  },
};

/** The private keys named in flags and configuration, and those in the default location of `gait keys init`. */
async function privateKeys(context: DoctorContext): Promise<string[]> {
  const { workdir, output, privateKey, effects: { files } } = context;
  const gate = await gateOf(context);
  const named = [gate.private_key, gate.approval_private_key].flatMap((path) =>
    path === undefined ? [] : [joinPath(workdir, path)]
  );
  const found: string[] = [];
  for (
    const folder of [joinPath(output, "keys"), joinPath(workdir, "keys"), joinPath(workdir, ".gait/keys")]
  ) {
    if ((await files.stat(folder))?.kind !== "folder") continue;
    for (const name of await files.list(folder)) {
      if (/_?private\.key$/.test(name)) found.push(`${folder}/${name}`);
    }
  }
  return [...new Set([...(privateKey === undefined ? [] : [privateKey]), ...named, ...found])];
}

async function gateOf({ config }: DoctorContext): Promise<GateDefaults> {
  const read = await config();
  return read.state === "read" ? read.defaults.gate : {};
}
