import { invalidInput } from "../../errors/mod.ts";
import { loadSigningKey, namesPrivateKey } from "../../signing/mod.ts";
import { defineCommand } from "../define.ts";
import { keySources, verifyKeyFlags } from "../key_flags.ts";
import { compact, success } from "../outcome.ts";
import { good, line, warningLines } from "../text.ts";

/** `gait keys verify` (docs/spec/core.md section 7). */
export default defineCommand({
  explain: "Checks that a private key is usable, that its halves match, and that a public key belongs to it.",
  flags: verifyKeyFlags,
  needs: { read: true, env: true },
  examples: ["gait keys verify --private-key gait-out/keys/gait_private.key"],
  async run({ flags, effects }) {
    const sources = keySources(flags);
    if (!namesPrivateKey(sources)) {
      throw invalidInput("Missing --private-key <file> or --private-key-env <variable>");
    }
    const { key, warnings } = await loadSigningKey(sources, effects);
    const from = (path: string | undefined, variable: string | undefined) =>
      path !== undefined ? `path:${path}` : variable !== undefined ? `env:${variable}` : "derived";
    return success({
      key_id: key.public.id,
      private_key_source: from(sources.privateKey, sources.privateKeyEnv),
      public_key_source: from(sources.publicKey, sources.publicKeyEnv),
      ...compact({ warnings }),
    }, [
      line(good("keys verify ok"), `: key_id=${key.public.id}`),
      ...warningLines(warnings),
    ]);
  },
});
