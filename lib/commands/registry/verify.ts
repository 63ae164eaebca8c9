import { EXIT } from "../../errors/mod.ts";
import { outputPath } from "../../formats/path.ts";
import { encodeFindings, verifyManifest, type VerifyReport, writeReport } from "../../registry/verify.ts";
import { bool, defineCommand, path, trimmed } from "../define.ts";

import { compact, verdict } from "../outcome.ts";
import { oneTarget } from "../read_runpack_file.ts";
import { bad, good, keyValueLines, type Line, line, nextLines } from "../text.ts";
import { cacheFlag, trustFlags, trustOfFlags } from "./flags.ts";
import { cleanPath } from "../../formats/path.ts";
import { trim } from "../../formats/text.ts";
import { keepInputs, noteReads } from "../inputs.ts";
import { shellWord } from "../../formats/shell.ts";

/** `gait registry verify` (docs/spec/registry.md section 4). */
export default defineCommand({
  explain: "Checks the signature, publisher and pin of a registry pack, offline.",
  positionals: [{ name: "[registry_pack.json]", path: "file" }],
  flags: {
    path: path("file", "the manifest; the same as the argument"),
    ...cacheFlag,
    ...trustFlags,
    "with-artifacts": bool("also verify the digests of the artifacts that the manifest names"),
    "report-out": path("file", "write a report"),
  },
  needs: { read: true, write: true, env: true },
  examples: ["gait registry verify registry_pack.json --public-key acme_public.key --report-out report.json"],
  async run({ flags, positionals, effects, version }) {
    const path = trim(oneTarget("path", trimmed(flags.path), positionals));
    const noted = noteReads(effects);
    const trust = await trustOfFlags(flags, noted.effects);
    const cache = trimmed(flags["cache-dir"]);
    const out = trimmed(flags["report-out"]);
    const target = out === undefined ? undefined : outputPath(out);
    const report = await verifyManifest(noted.effects.files, {
      path,
      cache: cache === undefined ? undefined : cleanPath(cache),
      trust,
      withArtifacts: flags["with-artifacts"],
    });
    if (target !== undefined) {
      await keepInputs(effects.files, target, noted.read);
      await writeReport(effects.files, target, report, version);
    }
    return verdict(report.ok, EXIT.verificationFailed, encode(report, out), describe(report));
  },
});

function encode(report: VerifyReport, out: string | undefined) {
  return compact({
    ...encodeFindings(report),
    signature_error: report.signatureError,
    pack_source: report.manifest.pack.source,
    artifacts_verified: report.artifacts?.verified,
    artifact_problems: report.artifacts?.problems,
    report_path: out,
  });
}

function describe(report: VerifyReport): Line[] {
  const { pack, digest } = report.manifest;
  return [
    line(report.ok ? good("verified") : bad("not verified"), `: ${pack.pack_name}@${pack.pack_version}`),
    ...keyValueLines({
      digest: `sha256:${digest}`,
      publisher: pack.publisher,
      pin: report.pin,
      reasons: report.reasons.join(","),
      signature_error: report.signatureError,
    }),
    ...(report.artifacts?.problems ?? []).map(({ path, reason }) => line(`- ${path}: ${reason}`)),
    ...(report.reasons.includes("publisher_not_bound")
      ? nextLines([`gait registry publisher add ${shellWord(pack.publisher)} --key <name>`])
      : []),
  ];
}
