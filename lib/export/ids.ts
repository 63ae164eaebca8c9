import { utf8 } from "../formats/bytes.ts";
import { isHexDigest, sha256 } from "../signing/mod.ts";
import type { ExportRecord } from "./record.ts";

/** The ids under which telemetry knows a pack: the same pack, the same ids (docs/spec/pack.md 7.2). */
export interface TelemetryIds {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** 64 hex digits that further ids are derived from. */
  readonly seed: string;
}

export async function telemetryIds({ report, manifestDigest }: ExportRecord): Promise<TelemetryIds> {
  const seed = isHexDigest(report.packId)
    ? report.packId.toLowerCase()
    : isHexDigest(manifestDigest)
    ? manifestDigest.toLowerCase()
    : await sha256(utf8(`${report.packType}|${report.sourceRef}`));
  return { traceId: seed.slice(0, 32), spanId: seed.slice(32, 48), seed };
}
