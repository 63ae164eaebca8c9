import type { Environment } from "../effects/mod.ts";
import { compareBytewise, utf8 } from "../formats/bytes.ts";
import { sha256 } from "../signing/mod.ts";

/** What tells one environment from another (docs/spec/job.md 2.3). */
export interface HostContext {
  readonly os: string;
  readonly arch: string;
  readonly env: Environment;
}

/**
 * The fingerprint of this environment.
 *
 * @param version of this program: another version is another runtime
 */
export async function hostFingerprint({ os, arch, env }: HostContext, version: string): Promise<string> {
  const shell = (env.get("SHELL") ?? "").trim();
  const parts = [`goarch=${arch}`, `goos=${os}`, `goversion=gait${version}`, `shell=${shell}`];
  return `envfp:${await sha256(utf8(parts.sort(compareBytewise).join("|")))}`;
}
