import type { Environment } from "../effects/mod.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import { sha256 } from "../signing/mod.ts";

/** The facts about the host that its fingerprint is computed from (docs/spec/job.md 2.3). */
export interface HostContext {
  readonly os: string;
  readonly arch: string;
  readonly env: Environment;
}

/**
 * Compute the fingerprint of this environment.
 *
 * @param version the version of this program, which counts as the version of the runtime
 */
export async function hostFingerprint({ os, arch, env }: HostContext, version: string): Promise<string> {
  const shell = (env.get("SHELL") ?? "").trim();
  const parts = [`goarch=${arch}`, `goos=${os}`, `goversion=gait${version}`, `shell=${shell}`];
  return `envfp:${await sha256(utf8(parts.sort(compareBytewise).join("|")))}`;
}
