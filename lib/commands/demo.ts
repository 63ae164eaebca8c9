import { EXIT, ifReadable, invalidInput } from "../errors/mod.ts";
import { DEMO_UNSIGNED, localDevKey } from "../signing/local_dev_key.ts";
import { DEMO_RUN_ID, demoRun, FIXED_CONTEXT } from "../runpack/demo.ts";
import { diffRunpacks, isChanged } from "../runpack/diff.ts";
import { OUTPUT_FOLDER, runpackFile, ticketFooter } from "../runpack/locate.ts";
import { readRunpack } from "../runpack/read.ts";
import { recordRun } from "../runpack/record.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { loadTrustFolder } from "../signing/mod.ts";
import type { Effects } from "../effects/mod.ts";
import { bool, defineCommand } from "./define.ts";
import { compact, negative, type Outcome, success } from "./outcome.ts";
import { encodeSignatures } from "./runpack_report.ts";
import { bad, dim, good, keyValueLines, line, nextLines } from "./text.ts";

const NEXT = [
  "gait verify run_demo",
  "gait run inspect run_demo",
  "gait regress bootstrap --from run_demo --junit ./gait-out/junit.xml",
];

/** Path of the demo run. */
export const DEMO_PATH = `${OUTPUT_FOLDER}/${runpackFile(DEMO_RUN_ID)}`;

/** `gait demo` (docs/spec/core.md section 10), signed with the development key of the folder. */
export default defineCommand({
  explain:
    "Records a small fixed run, signs it with a development key of this folder, and verifies it, offline; with --durable, a job waits for a decision; with --policy, a policy blocks a destructive call.",
  flags: {
    durable: bool("show a durable job that waits for a decision instead"),
    policy: bool("show a policy block a destructive call instead"),
  },
  needs: { read: true, write: true, env: true },
  errorFields: { mode: "standard" },
  examples: ["gait demo", "gait demo --durable", "gait demo --policy", "gait demo --json"],
  async run({ flags, effects, version }) {
    if (flags.policy && flags.durable) {
      throw invalidInput("Cannot use --durable and --policy together", {
        hint: "Play one demo at a time: gait demo --durable",
      });
    }
    if (flags.durable) return await (await import("./demo_durable.ts")).runDurableDemo(effects, version);
    if (!flags.policy) return await runDemo(effects, version);
    const { runPolicyDemo } = await import("./demo_policy.ts");
    return await runPolicyDemo(effects, version);
  },
});

/** Whether a runpack is the demo run, recorded by another version or signed with another key. */
async function isSameRun(held: Uint8Array<ArrayBuffer>, demo: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const summary = await ifReadable(async () =>
    diffRunpacks(await readRunpack(held), await readRunpack(demo), "full")
  );
  return summary !== undefined && !isChanged(summary);
}

/** Record, sign and verify the demo run. */
export async function runDemo(effects: Effects, version: string): Promise<Outcome> {
  const started = effects.now();
  const path = DEMO_PATH;
  const isUnsigned = (effects.env.get(DEMO_UNSIGNED) ?? "") !== "";
  const signing = isUnsigned ? {} : { key: await localDevKey(effects) };
  const packed = await recordRun(await demoRun(version), FIXED_CONTEXT, signing);
  await effects.files.makeFolder(OUTPUT_FOLDER);
  await effects.files.writeOutput(path, packed.bytes, {
    older: (held) => isSameRun(held, packed.bytes),
    olderGoes: "away",
    hint: `Move "${path}" away: it is another run`,
  });
  const report = await verifyRunpack(await effects.files.read(path), {
    trusted: await loadTrustFolder(effects.files),
    requireSignature: !isUnsigned,
  });
  const footer = ticketFooter(packed.runId, packed.manifestDigest);
  const json = {
    mode: "standard",
    run_id: packed.runId,
    bundle: `./${path}`,
    manifest_digest: packed.manifestDigest,
    ticket_footer: footer,
    verify: report.ok ? "ok" : "failed",
    ...encodeSignatures(report.signature),
    next_commands: NEXT,
    metrics_opt_in: "export GAIT_ADOPTION_LOG=./gait-out/adoption.jsonl",
    ...compact({ duration_ms: effects.now() - started }),
  };
  if (!report.ok) {
    return negative(EXIT.verificationFailed, json, [
      line(bad("demo failed"), ": the runpack did not verify"),
    ]);
  }
  return success(json, [
    line(good("A run was recorded, signed and verified, offline.")),
    ...keyValueLines({
      run_id: packed.runId,
      bundle: `./${path}`,
      verify: "ok",
      signature_trust: report.signature.trust,
      ticket_footer: footer,
    }),
    line(dim("Put the ticket_footer into a ticket or pull request: its readers can verify the run.")),
    ...nextLines(NEXT),
  ]);
}
