import { GaitError, messageOf } from "../../errors/mod.ts";
import { trim, trimLower } from "../../formats/text.ts";
import { loadSigningKey } from "../../signing/mod.ts";
import { type Check, type DoctorContext, fail, type Finding, pass, warn } from "../check.ts";
import { closeToOthers, quoted, showPath } from "../fixes.ts";
import { placeOf } from "../place.ts";

/** Each key has only one source. */
export const KEY_AMBIGUITY: Check = {
  id: "key_source_ambiguity",
  scope: "universal",
  title: "Each key has only one source",
  look({ privateKey, privateKeyEnv, publicKey, publicKeyEnv }) {
    for (
      const [kind, path, variable] of [
        ["private", privateKey, privateKeyEnv],
        ["public", publicKey, publicKeyEnv],
      ] as const
    ) {
      if (!isGiven(path) || !isGiven(variable)) continue;
      return Promise.resolve(fail(`the ${kind} key is given both as a file and as a variable`, {
        command: `set only one of --${kind}-key or --${kind}-key-env`,
      }));
    }
    return Promise.resolve(pass("each key has at most one source"));
  },
};

/** Nobody else can change a key, or read a private one. */
export const KEY_PERMISSIONS: Check = {
  id: "key_permissions",
  scope: "universal",
  title: "Nobody else can change a key file, or read a private one",
  async look(context) {
    for (const [path, isPrivate] of [[context.privateKey, true], [context.publicKey, false]] as const) {
      if (!isGiven(path)) continue;
      const finding = await keyFile(context, trim(path!), isPrivate);
      if (finding !== undefined) return finding;
    }
    return pass("no key file is accessible to others");
  },
};

async function keyFile(
  { effects: { files, os } }: DoctorContext,
  path: string,
  isPrivate: boolean,
): Promise<Finding | undefined> {
  const place = await placeOf(files, path);
  if (place.kind !== "there") return warn(`key "${path}" can't be read`, showPath(path));
  if (place.info.kind !== "file") {
    return warn(`key "${path}" is not a file`, { command: `set key path to a file: ${quoted(path)}` });
  }
  const { mode } = place.info;
  if (os === "windows") return undefined;
  if ((mode & 0o022) !== 0) {
    return warn(`key "${path}" can be changed by others`, closeToOthers(path, mode, "w"));
  }
  // Anyone who can read a private key can sign in its owner's name (docs/threat_model.md 20).
  if (!isPrivate || (mode & 0o077) === 0) return undefined;
  return warn(`private key "${path}" can be read by others`, closeToOthers(path, mode, "rwx"));
}

const PROD_FIX = { command: "set --private-key <path> or --private-key-env <VAR> for prod mode" };

/** The keys fit the key mode, and load. */
export const KEY_CONFIG: Check = {
  id: "key_config",
  scope: "universal",
  title: "The keys fit the key mode, and load",
  async look({ keyMode, privateKey, privateKeyEnv, publicKey, publicKeyEnv, effects }) {
    const mode = trimLower(keyMode) || "dev";
    if (mode === "dev") {
      const given = [privateKey, privateKeyEnv, publicKey, publicKeyEnv].some(isGiven);
      return given
        ? warn("keys are given, but dev mode does not use them", {
          command: "remove explicit key flags/env or use --key-mode prod",
        })
        : pass("dev mode creates a fresh key for each call");
    }
    if (mode !== "prod") {
      return fail("the key mode is unknown", { command: "use --key-mode dev or --key-mode prod" });
    }
    try {
      await loadSigningKey({ keyMode: "prod", privateKey, privateKeyEnv, publicKey, publicKeyEnv }, effects);
      return pass("the signing key loads");
    } catch (error) {
      if (!(error instanceof GaitError)) throw error;
      return fail(`the signing key does not load: ${messageOf(error)}`, PROD_FIX);
    }
  },
};

function isGiven(value: string | undefined): boolean {
  return trim(value ?? "") !== "";
}
