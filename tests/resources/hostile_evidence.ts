/** Hostile evidence: traces, journals, and the packs and encrypted artifacts of guard. */
import { readJournal as readSession } from "../../lib/session/read_journal.ts";
import { callLine, headLine, readRecording } from "../../lib/runpack/recording/journal.ts";
import { fakeEffects } from "../support/fake_effects.ts";
import { memoryFiles } from "../support/memory_files.ts";
import { readJournal as readTraceJournal } from "../../lib/gate/trace/journal_line.ts";
import { verifyTrace } from "../../lib/gate/trace/verify.ts";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { NO_KEYS } from "../../lib/signing/mod.ts";
import { scanArtifact } from "../../lib/guard/encrypt/scan.ts";
import { planRetention } from "../../lib/guard/retain/plan.ts";
import { controlIndex } from "../../lib/guard/templates.ts";
import { verifyEvidencePack } from "../../lib/guard/verify.ts";
import { aTrace, evidenceFolder, evidencePack } from "../support/sample_evidence.ts";
import { inTemporaryFile, json, type Readers, refusal, SHA, T, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

/** A journal with as many events, each with the digest that it must have. */
async function sessionJournal(n: number): Promise<Uint8Array> {
  const { appendEvent } = await import("../../lib/session/append.ts");
  const { startSession } = await import("../../lib/session/start.ts");
  const effects = fakeEffects({ files: memoryFiles() });
  await startSession("s.jsonl", { sessionId: "s", runId: "r" }, effects, "1.0.0");
  for (let i = 0; i < n; i++) {
    await appendEvent("s.jsonl", { toolName: `t${i}`, verdict: "allow" }, effects, "1.0.0");
  }
  return await effects.files.read("s.jsonl");
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

async function evidencePackOf(n: number): Promise<Uint8Array> {
  const traces = list(n, (i) => [`t${i}.json`, aTrace({ trace_id: `t${i}` })] as const);
  const files = await evidenceFolder(Object.fromEntries(traces));
  return (await evidencePack(files, { traces: traces.map(([path]) => path) }, { attach: true })).pack.bytes;
}

export const EVIDENCE: Readers = {
  "traces": {
    make: (n) => json({ trace_id: "t", verdict: "allow", violations: list(n, (i) => `v${i}`) }),
    read: (bytes) => verifyTrace(bytes, NO_KEYS),
  },
  "journals of traces": {
    make: (n) => utf8(list(n, (i) => `{"files":{"t${i}.json":"{}"}}\n`).join("")),
    read: (bytes) => readTraceJournal(bytes, what),
  },
  "recording journals": {
    make: (n) =>
      concat([
        headLine({ runId: "r", captureMode: "raw", createdAt: T, producerVersion: "1", os: "o", arch: "a" }),
        ...list(n, (i) =>
          callLine({
            callId: `call_${i}`,
            toolName: "t",
            argsDigest: SHA,
            verdict: "allow",
            violations: [],
            traceId: "t",
            observedAt: T,
          })),
      ]),
    read: (bytes) => readRecording(bytes, what),
  },
  "session journals": {
    size: 300,
    make: sessionJournal,
    read: (bytes) =>
      inTemporaryFile(bytes, async (path) => {
        const { makeFiles } = await import("../../lib/effects/files.ts");
        await readSession(makeFiles(), path);
      }),
  },
  "encrypted artifact of escapes": {
    make: (n) => json({ algorithm: "a", ciphertext: `${"\\n".repeat(n)}${'"'.repeat(n)}` }),
    read: (bytes) => scanArtifact(pieces(bytes), what).catch(refusal),
  },
  "encrypted artifact of brackets": {
    make: (n) => utf8(`{"key_source":${"[".repeat(n)}`),
    read: (bytes) => scanArtifact(pieces(bytes), what).catch(refusal),
  },
  "manifest of an evidence pack": {
    size: 300,
    make: (n) => evidencePackOf(n),
    read: (bytes) => verifyEvidencePack(bytes, { trusted: NO_KEYS, requireSignature: false }),
  },
  "control index": {
    make: (n) => list(n, (i) => ({ path: `approval_audit_${i}.json`, sha256: SHA, type: "evidence" })),
    read: (contents) => controlIndex("soc2", contents),
  },
  "retention of many files": {
    make: (n) =>
      list(
        n,
        (i) => ({ path: `trace_${i}.json`, below: "", kind: "trace" as const, modified: i, version: "" }),
      ),
    read: (found) => planRetention(found, { ttl: { trace: 1n }, keepLast: 10, isHeld: () => false }, 1e9),
  },
};
