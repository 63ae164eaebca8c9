import { invalidInput } from "../../errors/mod.ts";
import { without } from "../../formats/json/mod.ts";
import { artifactsFolder } from "../../registry/artifacts.ts";
import { type CachedPack, listPack } from "../../registry/list.ts";
import { readPublishers } from "../../registry/publishers.ts";
import { checkTrust, type Trust } from "../../registry/trust.ts";
import { encodeRegistryPack } from "../../schema/registry.ts";
import { loadTrustedKeys } from "../../signing/mod.ts";
import { defineCommand, text, trimmed } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { success } from "../outcome.ts";
import { bad, dim, good, keyValueLines, type Line, line, nextLines } from "../text.ts";
import { cacheArgument, cacheFlag, cacheOfFlags } from "./flags.ts";

/** `gait registry show`: show the manifest of a cached pack (docs/spec/registry.md section 7). */
export default defineCommand({
  explain: "Shows the manifest of a pack in the cache, and whether it was signed by a key that you trust.",
  positionals: ["<pack_name>"],
  flags: { version: text("version", "only this version"), ...cacheFlag, ...verifyKeyFlags },
  needs: { read: true, env: true },
  examples: ["gait registry show payments-guardrails"],
  async run({ flags, positionals, effects }) {
    const { files } = effects;
    const name = positionals[0]!;
    const cache = cacheOfFlags(flags, effects);
    const version = trimmed(flags.version);
    const keys = await loadTrustedKeys(keySources(flags), effects);
    const trust: Trust = { keys, publishers: await readPublishers(files), allowed: [] };
    const held = await listPack(files, cache, name);
    const packs = held.packs.filter(({ manifest }) =>
      version === undefined || manifest.pack.pack_version === version
    );
    if (packs.length === 0) {
      throw invalidInput(`Cannot show pack "${name}": it is not in the cache`, {
        hint: `List the packs: gait registry list${cacheArgument(flags)}`,
      });
    }
    const shown = [];
    for (const pack of packs) shown.push(await look(pack, trust));
    return success({ packs: shown.map(({ json }) => json) }, [
      ...shown.flatMap(({ lines }) => lines),
      ...nextLines([`gait registry verify ${packs[0]!.path}`]),
    ]);
  },
});

async function look(pack: CachedPack, trust: Trust) {
  const { manifest, path, pinVerified } = pack;
  const { signed, publisherBound } = await checkTrust(manifest, trust);
  const checked = trust.keys.source !== "none";
  const artifacts = manifest.pack.artifacts ?? [];
  return {
    json: {
      digest: manifest.digest,
      metadata_path: path,
      artifacts_path: artifactsFolder(path, manifest),
      pin_verified: pinVerified,
      ...(checked ? { signature_verified: signed, publisher_bound: publisherBound } : {}),
      key_ids: manifest.pack.signatures.map(({ key_id }) => key_id),
      manifest: without(encodeRegistryPack(manifest.pack), "signatures"),
    },
    lines: describe(pack, checked, signed, artifacts.map((artifact) => artifact.path)),
  };
}

function describe(
  { manifest: { pack, digest }, pinVerified }: CachedPack,
  checked: boolean,
  signed: boolean,
  artifacts: readonly string[],
): Line[] {
  const signature = !checked ? dim("not checked: no key") : signed ? good("verified") : bad("does not hold");
  return [
    line(`${pack.pack_name}@${pack.pack_version}`, dim(pinVerified ? " (pinned)" : "")),
    ...keyValueLines({
      digest: `sha256:${digest}`,
      type: pack.pack_type,
      publisher: pack.publisher,
      source: pack.source,
      risk_class: pack.risk_class,
      use_case: pack.use_case,
      compatibility: pack.compatibility.join(" "),
    }),
    line("signature=", signature),
    ...artifacts.map((path) => line(`- ${path}`)),
  ];
}
