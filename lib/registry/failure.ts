import { GaitError } from "../errors/mod.ts";

/** What kept a pack from being installed: the source, the network, or that it is not to be trusted. */
export type FailureKind = "source_unreadable" | "network_transient" | "network_permanent" | "trust";

/** Why a pack was not installed: exit 2, with a kind and a reason for programs (docs/spec/registry.md section 2). */
export class InstallError extends GaitError {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, reason: string, message: string, hint: string, cause?: unknown) {
    super("verification_failed", message, { detail: reason, hint, cause });
    this.kind = kind;
  }
}

/** A pack that was refused for what it is, or for where it would come from. */
export function untrusted(reason: string, message: string, hint: string): InstallError {
  return new InstallError("trust", reason, message, hint);
}
