import type { Shape } from "../../../lib/library/arguments.ts";
import { KEY_MODES } from "../../../lib/signing/mod.ts";
import type { ClientCallOptions, ClientGateOptions } from "./types.ts";

/** The members of the options of `openGate`: a misspelt `expectPolicyDigest` would expect none. */
export const CLIENT_OPTIONS: Shape<ClientGateOptions> = {
  policy: "text",
  socket: "text",
  gaitBin: "command",
  cwd: "text",
  traceDir: "text",
  keyMode: KEY_MODES,
  privateKey: "text",
  approvalPublicKey: "text",
  flags: "flags",
  timeout: "number",
  expectPolicyDigest: "text",
};

/** The members of the options of a call. */
export const CLIENT_CALL_OPTIONS: Shape<ClientCallOptions> = {
  contextEnvelope: "object",
  approvalTokens: "list",
  delegationTokens: "list",
  timeout: "number",
};
