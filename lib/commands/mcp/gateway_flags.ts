import { JOB_ROOT } from "../../job/folder.ts";
import { APPROVALS_FOLDER } from "../../mcp/approvals/folder.ts";
import { PINS_FOLDER } from "../../mcp/pins/pin_file.ts";
import { bool, choice, demand, names, path, text } from "../define.ts";
import { duration } from "../duration_flag.ts";
import { gateFlags } from "../gate/flags.ts";
import { integerOf } from "./serve_flags.ts";

/** The default folder of evidence. */
export const EVIDENCE_FOLDER = "gait-out/mcp-gateway";

/** How many intents of calls are kept that nobody approved. */
export const PENDING_COUNT = 1_000;

const { simulate: _simulated, "credential-ref": _ref, ...setUp } = gateFlags;

/** Flags of `gait mcp gateway` (docs/spec/mcp.md 10.1). */
export const gatewayFlags = {
  ...setUp,
  name: text("name", "the name of the server in tool names: mcp.<name>.<tool>", { default: "server" }),
  "server-id": text("id", "the id of the server in a trust snapshot (default: its name)"),
  tools: path("file", "tool mapping: what tools may do, and which arguments are targets"),
  decide: choice(
    "what",
    "tools decides calls of tools only; all also resources, prompts and requests of the server",
    [
      "all",
      "tools",
    ],
    { default: "all" },
  ),
  "hide-blocked": bool("leave tools out of lists that the policy blocks whatever their arguments"),
  "pass-method": names("method", "let a method pass that is not in the revision of the protocol"),
  identity: text("name", "who calls, in intents", { default: "mcp-gateway" }),
  workspace: path("folder", "the workspace in intents", { default: "." }),
  session: demand(text("id", "the session in intents; without it approvals count in every session")),
  "approval-wait": duration("how long a call waits for an approval", { default: "45s" }),
  "no-approval-wait": bool("answer at once when a call needs an approval"),
  "elicit-approvals": bool("also ask the person at the client, where one approver is enough"),
  "approvals-dir": path("folder", "folder where people put approval tokens down", {
    default: APPROVALS_FOLDER,
  }),
  pins: choice(
    "mode",
    "first-use accepts what a server lists first, strict waits for gait mcp trust accept, off pins nothing",
    ["first-use", "strict", "off"],
    { default: "first-use" },
  ),
  "pins-dir": path("folder", "folder of the pinned descriptors", { default: PINS_FOLDER }),
  taint: choice(
    "mode",
    "match marks arguments that hold what came back, session all once something came back, off none",
    ["match", "session", "off"],
    { default: "match" },
  ),
  listen: text("address", "serve clients over HTTP here, host:port, instead of one on standard input"),
  "auth-token-env": names(
    "variable",
    "with --listen: variable with a token that clients must show; <identity>=<variable> also says who shows it",
  ),
  upstream: text("url", "the server is at this address of this machine, instead of a command"),
  "upstream-token-env": text("variable", "variable with the token that the server at the address wants"),
  env: names("variable", "environment variable that the server gets, beside PATH, HOME, LANG and TMPDIR"),
  "evidence-dir": path("folder", "folder of traces, logs, runpacks and packs", { default: EVIDENCE_FOLDER }),
  "pending-max-age": duration("remove the intents of calls that nobody approved when they are older", {
    default: "720h",
  }),
  "pending-max-count": integerOf(
    "number",
    `keep only this many of the newest intents of calls that nobody approved (default: ${PENDING_COUNT})`,
    1n,
  ),
  "job-root": path("folder", "folder of the jobs whose emergency stops apply", { default: JOB_ROOT }),
};
