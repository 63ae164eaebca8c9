import { demandsOf } from "../runpack/verify.ts";
import { verifySessionChain } from "../session/verify_chain.ts";
import { EXIT } from "../errors/mod.ts";
import { loadTrustedKeys } from "../signing/mod.ts";
import { bool, defineCommand, integer, path } from "./define.ts";
import { keySources, verifyKeyFlags } from "./key_flags.ts";
import { compact, verdict } from "./outcome.ts";
import { oneTarget } from "./read_runpack_file.ts";
import { bad, dim, good, type Line, line, warningLines } from "./text.ts";
import { profileFlag } from "./verify_profile.ts";

/** `gait verify session-chain` (docs/spec/sessions.md section 6). */
export default defineCommand({
  explain:
    "Verifies all checkpoints of a session, offline: their links, their runpacks and the head of the chain.",
  positionals: [{ name: "[chain.json]", path: "file" }],
  flags: {
    chain: path("file", "the chain; the same as the argument"),
    profile: profileFlag,
    "require-signature": bool("fail unless a trusted key signed every runpack"),
    "require-head": bool("fail unless the head of the chain exists and matches it"),
    "min-checkpoints": integer("number", "fail when the chain has fewer checkpoints", {
      default: 0,
      least: 0,
    }),
    ...verifyKeyFlags,
  },
  needs: { read: true, env: true },
  examples: [
    "gait verify session-chain session_chain.json",
    "gait verify session-chain session_chain.json --profile strict --public-key team_public.key",
  ],
  async run({ positionals, flags, effects }) {
    const path = oneTarget("chain", flags.chain, positionals);
    const trusted = await loadTrustedKeys(keySources(flags), effects);
    const report = await verifySessionChain(effects.files, path, {
      ...demandsOf(flags.profile, flags["require-signature"], trusted),
      requireHead: flags["require-head"],
      atLeast: flags["min-checkpoints"],
    });
    const { linkageErrors, checkpointErrors, checkpoints, warnings, head } = report;
    const lines: Line[] = [
      line(
        report.ok ? good("session chain ok") : bad("session chain failed"),
        `: session_id=${report.sessionId} run_id=${report.runId} checkpoints=${checkpoints.length}`,
      ),
      ...[...linkageErrors, ...checkpointErrors].map((error) => line(bad(error))),
      ...checkpoints.map(({ index, runpackPath, signatureStatus }) =>
        line(`${index}. ${runpackPath} `, dim(`signature ${signatureStatus}`))
      ),
      line(`head: ${head.status}`),
      ...warningLines(warnings),
    ];
    return verdict(report.ok, EXIT.verificationFailed, {
      chain_path: path,
      session_id: report.sessionId,
      run_id: report.runId,
      checkpoints_checked: checkpoints.length,
      ...compact({ linkage_errors: linkageErrors, checkpoint_errors: checkpointErrors, warnings }),
      checkpoints: checkpoints.map(({ index, runpackPath, signatureStatus }) => ({
        checkpoint_index: index,
        runpack_path: runpackPath,
        signature_status: signatureStatus,
      })),
      head_status: head.status,
    }, lines);
  },
});
