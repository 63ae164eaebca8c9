import { GaitError } from "../errors/mod.ts";

/** Why a pack was not installed: the source, the network, or a failed trust check. */
export type FailureKind = "source_unreadable" | "network_transient" | "network_permanent" | "trust";

/** An installation failure: exit 2, with a kind and a reason code (docs/spec/registry.md section 2). */
export class InstallError extends GaitError {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, reason: string, message: string, hint: string, cause?: unknown) {
    super("verification_failed", message, { detail: reason, hint, cause });
    this.kind = kind;
  }
}

/** A pack that was refused because of its content or its source. */
export function untrusted(reason: string, message: string, hint: string): InstallError {
  return new InstallError("trust", reason, message, hint);
}
