import { loadSigningKey, loadTrustFolder, type SigningKey, type TrustedKeys } from "../../signing/mod.ts";
import type { Effects } from "../../effects/mod.ts";
import { TEMPLATE_IDS } from "../../guard/templates.ts";
import { bool, type FlagValues, text, trimmed, type ValueFlag } from "../define.ts";
import { signingKeyFlags } from "../key_flags.ts";
import { forceFlag } from "../output_flags.ts";

/** Flags that `guard pack` and `incident pack` share. */
export const evidenceFlags = {
  "case-id": text("id", "number of the case that the evidence is for; stored"),
  "render-pdf": bool("add a page that people can read: summary.pdf"),
  attach: bool("put the original runpack and records in, so that their own signatures can be checked"),
  out: text("file", "where to write; beside the runpack when absent"),
  "private-key": signingKeyFlags["private-key"],
  "private-key-env": signingKeyFlags["private-key-env"],
  ...forceFlag,
};

/** The controls that evidence is sorted by; blank is soc2, and an unknown one incident_response. */
export function templateFlag(fallback: typeof TEMPLATE_IDS[number]): ValueFlag<string> {
  return {
    ...text("name", "which controls the evidence is sorted by", { default: fallback }),
    choices: TEMPLATE_IDS,
    read: (given) => given,
  };
}

type KeyFlags = FlagValues<Pick<typeof signingKeyFlags, "private-key" | "private-key-env">>;

/** The key to sign with. */
export function signingKeyOf(flags: KeyFlags, mode: "dev" | "prod", effects: Effects): Promise<SigningKey> {
  return loadSigningKey({
    keyMode: mode,
    privateKey: trimmed(flags["private-key"]),
    privateKeyEnv: trimmed(flags["private-key-env"]),
  }, effects);
}

/** The keys of the trust folder, which vouch for records. */
export function trustFolderOf(effects: Effects): Promise<TrustedKeys> {
  return loadTrustFolder(effects.files);
}
