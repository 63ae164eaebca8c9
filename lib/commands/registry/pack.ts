import { invalidInput } from "../../errors/mod.ts";
import { cleanPath, joinPath } from "../../formats/path.ts";
import { pathArgument } from "../../formats/shell.ts";
import { trim } from "../../formats/text.ts";
import { timeOfMillis } from "../../formats/time.ts";
import { isManifest, makeRegistryPack } from "../../registry/make_pack.ts";
import { MANIFEST_NAME } from "../../registry/manifest.ts";
import { loadSigningKey, namesPrivateKey } from "../../signing/mod.ts";
import { defineCommand, required, text } from "../define.ts";
import { keySource, keySources } from "../key_flags.ts";
import { success } from "../outcome.ts";
import { good, keyValueLines, line, nextLines } from "../text.ts";

/** `gait registry pack` (docs/spec/registry.md section 1): not in the existing program. */
export default defineCommand({
  explain:
    "Makes a signed registry pack of the files in a folder: a manifest with their digests, beside them.",
  positionals: [{ name: "<folder>", path: "file" }],
  flags: {
    name: required(text("name", "name of the pack")),
    "pack-version": required(text("version", "version of the pack, such as 1.0.0")),
    type: text("type", "what it holds, such as skill or policy"),
    publisher: text("name", "who publishes it; a skill needs one"),
    source: text("name", "where it comes from; a skill needs one"),
    "risk-class": text("class", "how dangerous it is"),
    "use-case": text("text", "what it is for"),
    "private-key": keySource("file", "private key that signs the manifest"),
    "private-key-env": keySource("variable", "environment variable that holds the private key"),
  },
  flagOf: { version: "pack-version" },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait registry pack guardrails --name guardrails --pack-version 1.0.0 --publisher acme --private-key acme_private.key",
  ],
  async run({ positionals, flags, effects, version }) {
    const folder = cleanPath(trim(positionals[0] ?? ""));
    if ((await effects.files.stat(folder))?.kind !== "folder") {
      throw invalidInput(`Cannot pack "${positionals[0]}": it is not a folder`);
    }
    const sources = keySources(flags);
    if (!namesPrivateKey(sources)) {
      throw invalidInput("Missing --private-key: nobody installs a pack that is not signed", {
        hint: "Make a key pair: gait keys init --out-dir keys",
      });
    }
    const { key } = await loadSigningKey({ ...sources, keyMode: "prod" }, effects);
    const description = {
      name: flags.name.trim(),
      version: flags["pack-version"].trim(),
      type: flags.type?.trim() ?? "",
      publisher: flags.publisher?.trim() ?? "",
      source: flags.source?.trim() ?? "",
      riskClass: flags["risk-class"]?.trim() ?? "",
      useCase: flags["use-case"]?.trim() ?? "",
    };
    const { pack, digest, stored } = await makeRegistryPack(folder, description, {
      key,
      createdAt: timeOfMillis(effects.now()),
      version,
    }, effects.files);
    const path = joinPath(folder, MANIFEST_NAME);
    const { keptAs } = await effects.files.writeOutput(path, stored, {
      older: isManifest,
      hint: "Move the file away: it is not the manifest of a registry pack",
    });
    const artifacts = pack.artifacts?.length ?? 0;
    return success({
      pack_path: path,
      pack_name: pack.pack_name,
      pack_version: pack.pack_version,
      digest: `sha256:${digest}`,
      artifacts,
      ...(keptAs === undefined ? {} : { older_kept_as: keptAs }),
    }, [
      line(good("registry pack ok"), `: ${path}`),
      ...keyValueLines({ digest: `sha256:${digest}`, artifacts, older: keptAs }),
      ...nextLines([`gait registry install ${pathArgument(path)} --with-artifacts --public-key <file>`]),
    ]);
  },
});
