import type { Entry } from "../entry.ts";
import { GATE_EVAL } from "../hot.ts";

/** The commands under "Decide what may happen" (the goal of the command table). */
export const DECIDE: readonly Entry[] = [
  GATE_EVAL,
  {
    name: "gate stream",
    summary: "Decide calls line by line in one long-lived process",
    goal: "Decide what may happen",
    load: () => import("../gate/stream.ts"),
  },
  {
    name: "policy init",
    summary: "Write a baseline policy",
    goal: "Decide what may happen",
    load: () => import("../policy/init.ts"),
  },
  {
    name: "policy validate",
    summary: "Check a policy and print its digest",
    goal: "Decide what may happen",
    load: () => import("../policy/validate.ts"),
  },
  {
    name: "policy lint",
    summary: "Find rules of a policy that never decide, and verdicts that surprise",
    goal: "Decide what may happen",
    load: () => import("../policy/lint.ts"),
  },
  {
    name: "policy fmt",
    summary: "Write a policy in its normal form",
    goal: "Decide what may happen",
    load: () => import("../policy/fmt.ts"),
  },
  {
    name: "policy test",
    summary: "Evaluate an intent under a policy, or check a folder of fixtures",
    goal: "Decide what may happen",
    load: () => import("../policy/test.ts"),
  },
  {
    name: "policy simulate",
    summary: "Report what a new policy would change",
    goal: "Decide what may happen",
    load: () => import("../policy/simulate.ts"),
  },
  {
    name: "enforce",
    summary: "Run a command and fail unless every trace that it names allows",
    goal: "Decide what may happen",
    load: () => import("../wrap/enforce.ts"),
  },
  {
    name: "test",
    summary: "Run a command and report the traces that it names",
    goal: "Decide what may happen",
    load: () => import("../wrap/test.ts"),
  },
  {
    name: "trace",
    summary: "The same, for a command behind --",
    goal: "Decide what may happen",
    behindDashes: true,
    load: () => import("../wrap/trace.ts"),
  },
  {
    name: "mcp proxy",
    summary: "Decide a tool call of another protocol at the boundary",
    goal: "Decide what may happen",
    load: () => import("../mcp/proxy.ts"),
  },
  {
    name: "mcp bridge",
    summary: "The same as mcp proxy",
    goal: "Decide what may happen",
    load: () => import("../mcp/bridge.ts"),
  },
  {
    name: "mcp serve",
    summary: "Decide tool calls that are posted over HTTP",
    goal: "Decide what may happen",
    load: () => import("../mcp/serve.ts"),
  },
  {
    name: "mcp gateway",
    summary: "Stand between an MCP client and a server, and decide every call",
    goal: "Decide what may happen",
    load: () => import("../mcp/gateway.ts"),
  },
  {
    name: "mcp verify",
    summary: "Tell whether a policy trusts an MCP server",
    goal: "Decide what may happen",
    load: () => import("../mcp/verify.ts"),
  },
  {
    name: "approve",
    summary: "Sign an approval token for a stopped call",
    goal: "Decide what may happen",
    load: () => import("../approve.ts"),
  },
  {
    name: "voice token mint",
    summary: "Mint a token for a binding sentence, if the gate allows it",
    goal: "Decide what may happen",
    load: () => import("../voice/token_mint.ts"),
  },
  {
    name: "voice token verify",
    summary: "Verify such a token before the sentence is spoken",
    goal: "Decide what may happen",
    load: () => import("../voice/token_verify.ts"),
  },
  {
    name: "delegate mint",
    summary: "Sign a delegation token: one agent may act for another",
    goal: "Decide what may happen",
    load: () => import("../delegate/mint.ts"),
  },
  {
    name: "delegate verify",
    summary: "Verify a delegation token",
    goal: "Decide what may happen",
    load: () => import("../delegate/verify.ts"),
  },
  {
    name: "approve-script",
    summary: "Approve a script of calls for later runs",
    goal: "Decide what may happen",
    load: () => import("../approve_script.ts"),
  },
  {
    name: "list-scripts",
    summary: "List the approved scripts",
    goal: "Decide what may happen",
    load: () => import("../list_scripts.ts"),
  },
];
