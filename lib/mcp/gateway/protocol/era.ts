import { asText, isJsonObject, type JsonObject, type JsonValue } from "../../../formats/json/mod.ts";
import type { Message } from "../codec/message.ts";
import { LATEST_SESSION, type Revision, sessionRevision, STATELESS } from "./revisions.ts";

/** The keys of `_meta` by which a request of the stateless revision describes itself. */
export const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
export const CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities";
export const CLIENT_INFO_KEY = "io.modelcontextprotocol/clientInfo";

/** The error for a request of a revision that nobody here speaks. */
export const UNSUPPORTED_VERSION = -32022;

/** The revision of a message, or the version that it claims and nobody knows. */
export type Era =
  | { readonly kind: "known"; readonly revision: Revision }
  | { readonly kind: "unsupported"; readonly requested: string };

/**
 * The revision that a message is of. Its `_meta` says so; one that says nothing belongs to the session, whose revision
 * the server chose in its answer to `initialize`.
 *
 * @param negotiated the revision of the session, once it is known
 */
export function eraOf(message: Message, negotiated: Revision | undefined): Era {
  const version = claimedVersion(message);
  if (version === undefined) return { kind: "known", revision: negotiated ?? LATEST_SESSION };
  if (version === STATELESS.name) return { kind: "known", revision: STATELESS };
  const named = sessionRevision(version);
  if (named) return { kind: "known", revision: negotiated ?? named };
  return { kind: "unsupported", requested: asText(version) };
}

/** The version that a message claims in its `_meta`. */
export function claimedVersion(message: Message): JsonValue | undefined {
  if (message.kind !== "request" && message.kind !== "notification") return undefined;
  const meta = message.params["_meta"];
  return isJsonObject(meta) && Object.hasOwn(meta, VERSION_KEY) ? meta[VERSION_KEY] : undefined;
}

/** The error data of a version that is not spoken. */
export function unsupportedVersion(requested: string): JsonObject {
  return { supported: [STATELESS.name], requested };
}
