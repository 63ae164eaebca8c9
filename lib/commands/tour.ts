import { EXIT, GaitError } from "../errors/mod.ts";
import { DEMO_RUN_ID } from "../runpack/demo.ts";
import { OUTPUT_FOLDER } from "../runpack/locate.ts";
import { verifyRunpack } from "../runpack/verify.ts";
import { loadTrustFolder } from "../signing/mod.ts";
import { initFixture, runRegressions } from "../regress/mod.ts";
import { defineCommand } from "./define.ts";
import { DEMO_PATH, runDemo } from "./demo.ts";
import { compact, failure, negative, success } from "./outcome.ts";
import { bad, dim, good, line, nextLines } from "./text.ts";

const RESULT = `${OUTPUT_FOLDER}/tour_regress_result.json`;
const JUNIT = `${OUTPUT_FOLDER}/tour_junit.xml`;
const NEXT = ["gait run inspect run_demo", "gait run import <conversation.json>", "gait regress run"];

/** `gait tour` (docs/spec/core.md section 10). */
export default defineCommand({
  explain: "Records and verifies the demo run, turns it into a regression and runs that, all in this folder.",
  flags: {},
  needs: { read: true, write: true, env: true },
  errorFields: { mode: "activation" },
  examples: ["gait tour"],
  async run({ effects, version }) {
    const started = effects.now();
    const demo = await runDemo(effects, version);
    if (demo.exit !== EXIT.ok) return demo;
    const path = DEMO_PATH;
    const report = await verifyRunpack(await effects.files.read(path), {
      trusted: await loadTrustFolder(effects.files),
    });
    const common = {
      mode: "activation",
      run_id: report.runId,
      verify_path: path,
      verify_status: report.ok ? "ok" : "failed",
    };
    if (!report.ok) {
      return negative(EXIT.verificationFailed, common, [line(bad("verify failed"), `: ${path}`)]);
    }

    const fixture = await initFixture(DEMO_RUN_ID, { name: DEMO_RUN_ID }, effects);
    const result = await runRegressions(
      { output: RESULT, junit: JUNIT },
      effects,
      version,
    );
    const json = {
      ...common,
      fixture_name: fixture.name,
      fixture_dir: fixture.folder,
      regress_status: result.status,
      ...compact({ regress_failed: result.failed, duration_ms: effects.now() - started }),
      next_commands: NEXT,
      branch_hints: ["ci: gait regress run --json --junit junit.xml", "real runs: gait run import <file>"],
      metrics_opt_in: "export GAIT_ADOPTION_LOG=./gait-out/adoption.jsonl",
    };
    if (result.status !== "pass") {
      return failure(
        new GaitError("regress_failed", `Tour regression failed: ${result.failed} graders`),
        json,
      );
    }
    const step = (n: number, what: string, where: string) => line(good(`${n}. ${what}`), "  ", dim(where));
    return success(json, [
      step(1, "recorded and signed a run   ", `./${DEMO_PATH}`),
      step(2, "verified it, offline        ", `sha256:${report.manifestDigest.slice(0, 16)}…`),
      step(3, "made a regression of it     ", `./${fixture.folder}`),
      step(4, "ran the regression: pass    ", `./${RESULT}`),
      ...nextLines(NEXT),
    ]);
  },
});
