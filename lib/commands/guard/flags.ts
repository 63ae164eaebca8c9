import { loadSigningKey, loadTrustFolder, type SigningKey, type TrustedKeys } from "../../signing/mod.ts";
import type { Effects } from "../../effects/mod.ts";
import { TEMPLATE_IDS } from "../../guard/templates.ts";
import { bool, type FlagValues, path, text, trimmed, type ValueFlag } from "../define.ts";
import { signingKeyFlags } from "../key_flags.ts";
import { forceFlag } from "../output_flags.ts";

/** Flags that `guard pack` and `incident pack` share. */
export const evidenceFlags = {
  "case-id": text("id", "id of the case that the evidence belongs to; stored in the pack"),
  "render-pdf": bool("add a readable summary, summary.pdf"),
  attach: bool("include the original runpack and records, so that their own signatures can be checked"),
  out: path("file", "output path; default: next to the runpack"),
  "private-key": signingKeyFlags["private-key"],
  "private-key-env": signingKeyFlags["private-key-env"],
  ...forceFlag,
};

/** The template of the control index; blank means soc2, an unknown name incident_response. */
export function templateFlag(fallback: typeof TEMPLATE_IDS[number]): ValueFlag<string> {
  return {
    ...text("name", "the controls that the evidence is indexed by", { default: fallback }),
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
