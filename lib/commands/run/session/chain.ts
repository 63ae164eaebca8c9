import { rewriteChain } from "../../../session/chain_file.ts";
import { outputPath } from "../../../formats/path.ts";
import { loadSigningKey } from "../../../signing/mod.ts";
import { defineCommand, path } from "../../define.ts";
import { keepInputs, noteReads } from "../../inputs.ts";
import { signingKeyFlags, signingSources } from "../../key_flags.ts";
import { compact, success } from "../../outcome.ts";
import { keyValueLines, line, nextLines, warningLines } from "../../text.ts";
import { journalFlag, onJournal, sessionNeeds } from "./report.ts";
import { pathArgument } from "../../../formats/shell.ts";

/** `gait run session chain` (compatibility: the existing program leaves a stale chain until the next checkpoint). */
export default defineCommand({
  explain: "Rewrites the chain of a session from its journal, and signs its head.",
  flags: {
    journal: journalFlag,
    out: path("file", "where the chain goes (default: next to the journal)"),
    ...signingKeyFlags,
  },
  needs: sessionNeeds,
  errorFields: { operation: "chain" },
  examples: ["gait run session chain --journal session.jsonl --private-key gait_private.key"],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const { journal, out } = flags;
    return await onJournal("chain", journal, async (head) => {
      const sources = signingSources(flags);
      const signing = sources ? await loadSigningKey(sources, effects) : undefined;
      if (out !== undefined) await keepInputs(effects.files, outputPath(out), read);
      const { path, checkpoints } = await rewriteChain(journal, { out, key: signing?.key }, effects, version);
      const warnings = signing?.warnings ?? [];
      const keyId = signing?.key.public.id;
      return success({
        ...head,
        chain_path: path,
        checkpoint_count: checkpoints,
        ...compact({ signature_key_id: keyId, public_key: signing?.freshKey, warnings }),
      }, [
        line(
          `session chain: ${path} checkpoints=${checkpoints} ${keyId ? `signed by ${keyId}` : "not signed"}`,
        ),
        ...keyValueLines({ public_key: signing?.freshKey }),
        ...warningLines(warnings),
        ...nextLines([`gait verify session-chain --chain ${pathArgument(path)}`]),
      ]);
    });
  },
});
