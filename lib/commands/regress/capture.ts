import { GaitError } from "../../errors/mod.ts";
import type { JsonObject } from "../../formats/json/mod.ts";
import { displayPath, folderOf } from "../../formats/path.ts";
import { captureSource, encodeReceipt, OLDER_RECEIPT, RECEIPT_HEAD } from "../../regress/mod.ts";
import { defineCommand, path, required, text } from "../define.ts";
import { compact, failure, success } from "../outcome.ts";
import { dim, good, line, nextLines } from "../text.ts";

/** `gait capture` (docs/spec/regress.md section 2). */
export default defineCommand({
  explain: "Verifies a run, a checkpoint or a trace and writes a receipt for regress add.",
  flags: {
    from: required(path("run_id|path", "a run id, a runpack, a pack of a run, a session chain or a trace")),
    checkpoint: text("latest|n", "which checkpoint of a session chain; the latest by default"),
    out: path("file", "path of the receipt", { default: "gait-out/capture.json" }),
  },
  retiredFlags: { "--save-as": "--out" },
  needs: { read: true, write: true },
  errorFields: RECEIPT_HEAD,
  examples: [
    "gait capture --from run_demo",
    "gait capture --from sessions/s_chain.json --checkpoint 2 --out receipts/two.json",
  ],
  async run({ flags, effects }) {
    const from = flags.from.trim();
    const out = flags.out.trim();
    let captured: JsonObject;
    try {
      captured = await captureSource({ from, checkpoint: flags.checkpoint }, effects);
    } catch (error) {
      if (error instanceof GaitError) return failure(error, { ...RECEIPT_HEAD, from });
      throw error;
    }
    const receipt = { ...captured, output_path: out };
    await effects.files.makeFolder(folderOf(out));
    await effects.files.writeOutput(out, encodeReceipt(receipt), OLDER_RECEIPT);
    const next = captured.artifact_type === "runpack" ? [`gait regress add --from ${out}`] : [];
    return success(compact({ ...receipt, next_commands: next }), [
      line(good("captured"), `: ${captured.artifact_path}`),
      line(dim("  type     "), `${captured.artifact_type}`),
      ...(captured.run_id ? [line(dim("  run      "), `${captured.run_id}`)] : []),
      line(dim("  receipt  "), displayPath(out)),
      ...nextLines(next),
    ]);
  },
});
