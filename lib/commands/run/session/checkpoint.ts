import { checkpointSession } from "../../../session/checkpoint.ts";
import { outputPath } from "../../../formats/path.ts";
import { encodeCheckpoint } from "../../../schema/session_chain.ts";
import { loadSigningKey } from "../../../signing/mod.ts";
import { defineCommand, path, required } from "../../define.ts";
import { keepInputs, noteReads } from "../../inputs.ts";
import { signingKeyFlags, signingSources } from "../../key_flags.ts";
import { compact, success } from "../../outcome.ts";
import { keyValueLines, line, nextLines, warningLines } from "../../text.ts";
import { journalFlag, onJournal, sessionNeeds } from "./report.ts";
import { pathArgument } from "../../../formats/shell.ts";

/** `gait run session checkpoint` (docs/spec/sessions.md 4.4). */
export default defineCommand({
  explain: "Seals the new decisions of a session into a runpack and links it to the previous checkpoint.",
  flags: {
    journal: journalFlag,
    out: required(path("file", "where the runpack goes")),
    "chain-out": path("file", "where a copy of the chain goes"),
    ...signingKeyFlags,
  },
  needs: sessionNeeds,
  errorFields: { operation: "checkpoint" },
  examples: [
    "gait run session checkpoint --journal session.jsonl --out cp/one.zip",
    "gait run session checkpoint --journal session.jsonl --out cp/two.zip --private-key gait_private.key",
  ],
  async run({ flags, effects: given, version }) {
    const { effects, read } = noteReads(given);
    const { journal, out, "chain-out": chainOut } = flags;
    return await onJournal("checkpoint", journal, async (head) => {
      const sources = signingSources(flags);
      const signing = sources ? await loadSigningKey(sources, effects) : undefined;
      for (const path of [out, ...(chainOut === undefined ? [] : [chainOut])]) {
        await keepInputs(effects.files, outputPath(path), read);
      }
      const sealed = await checkpointSession(
        journal,
        { out, chainOut, key: signing?.key },
        effects,
        version,
      );
      const { checkpoint, chainPath } = sealed;
      const warnings = [...signing?.warnings ?? [], ...sealed.warnings];
      return success({
        ...head,
        checkpoint: encodeCheckpoint(checkpoint),
        chain_path: chainPath,
        ...compact({ signature_key_id: signing?.key.public.id, public_key: signing?.freshKey, warnings }),
      }, [
        line(
          `session checkpoint: index=${checkpoint.checkpoint_index} sequences=${checkpoint.sequence_start}` +
            `-${checkpoint.sequence_end} runpack=${checkpoint.runpack_path}`,
        ),
        line(`chain=${chainPath} ${signing ? `signed by ${signing.key.public.id}` : "not signed"}`),
        ...keyValueLines({ public_key: signing?.freshKey }),
        ...warningLines(warnings),
        ...nextLines([`gait verify session-chain --chain ${pathArgument(chainPath)}`]),
      ]);
    });
  },
});
