import type { AnyCommand } from "./define.ts";

/** What a person wants to do; help is grouped by it. */
export type Goal =
  | "Start here"
  | "Decide what may happen"
  | "Prove what happened"
  | "Never again"
  | "Keys and trust"
  | "The program";

/** One line of the command table: all that can be said of a command without loading it. */
export interface Entry {
  /** Words of the command, e.g. `run record`. */
  readonly name: string;
  readonly summary: string;
  readonly goal: Goal;
  /** Mark in the adoption log when it succeeds (docs/spec/core.md 3.9). */
  readonly milestone?: string;
  readonly load: () => Promise<{ readonly default: AnyCommand }>;
}

/**
 * The one command table: it drives dispatch, parsing, help, suggestions, completions, the man page, docs/cli.md
 * and permissions. Only commands that work are listed.
 */
export const TABLE: readonly Entry[] = [
  {
    name: "demo",
    summary: "Record, sign and verify a first run",
    goal: "Start here",
    milestone: "A1",
    load: () => import("./demo.ts"),
  },
  {
    name: "tour",
    summary: "Walk through record, verify and regression in one go",
    goal: "Start here",
    load: () => import("./tour.ts"),
  },
  {
    name: "init",
    summary: "Write a policy for the agent tools of this folder",
    goal: "Start here",
    load: () => import("./init.ts"),
  },
  {
    name: "check",
    summary: "Tell what the policy of this folder leaves open",
    goal: "Start here",
    load: () => import("./check.ts"),
  },
  {
    name: "gate eval",
    summary: "Decide whether a call may happen, and sign the decision",
    goal: "Decide what may happen",
    load: () => import("./gate/eval.ts"),
  },
  {
    name: "gate stream",
    summary: "Decide calls line by line in one long-lived process",
    goal: "Decide what may happen",
    load: () => import("./gate/stream.ts"),
  },
  {
    name: "policy init",
    summary: "Write a policy to start from",
    goal: "Decide what may happen",
    load: () => import("./policy/init.ts"),
  },
  {
    name: "policy validate",
    summary: "Check a policy and tell its digest",
    goal: "Decide what may happen",
    load: () => import("./policy/validate.ts"),
  },
  {
    name: "policy lint",
    summary: "Find rules of a policy that never decide, and verdicts that surprise",
    goal: "Decide what may happen",
    load: () => import("./policy/lint.ts"),
  },
  {
    name: "policy fmt",
    summary: "Write a policy in its normal form",
    goal: "Decide what may happen",
    load: () => import("./policy/fmt.ts"),
  },
  {
    name: "policy test",
    summary: "Tell what a policy says about an intent, or check a folder of fixtures",
    goal: "Decide what may happen",
    load: () => import("./policy/test.ts"),
  },
  {
    name: "policy simulate",
    summary: "Tell what a new policy would change",
    goal: "Decide what may happen",
    load: () => import("./policy/simulate.ts"),
  },
  {
    name: "approve",
    summary: "Let a stopped call pass: sign a token of approval",
    goal: "Decide what may happen",
    load: () => import("./approve.ts"),
  },
  {
    name: "voice token mint",
    summary: "Ask the gate for a token that allows a binding sentence",
    goal: "Decide what may happen",
    load: () => import("./voice/token_mint.ts"),
  },
  {
    name: "voice token verify",
    summary: "Check such a token before the sentence is spoken",
    goal: "Decide what may happen",
    load: () => import("./voice/token_verify.ts"),
  },
  {
    name: "delegate mint",
    summary: "Let one agent act for another: sign a token of delegation",
    goal: "Decide what may happen",
    load: () => import("./delegate/mint.ts"),
  },
  {
    name: "delegate verify",
    summary: "Check a token of delegation",
    goal: "Decide what may happen",
    load: () => import("./delegate/verify.ts"),
  },
  {
    name: "approve-script",
    summary: "Approve a script of calls beforehand",
    goal: "Decide what may happen",
    load: () => import("./approve_script.ts"),
  },
  {
    name: "list-scripts",
    summary: "List the scripts that were approved beforehand",
    goal: "Decide what may happen",
    load: () => import("./list_scripts.ts"),
  },
  {
    name: "verify",
    summary: "Verify a runpack, offline",
    goal: "Prove what happened",
    milestone: "A2",
    load: () => import("./verify.ts"),
  },
  {
    name: "verify chain",
    summary: "Verify a runpack together with its trace and evidence pack",
    goal: "Prove what happened",
    milestone: "A2",
    load: () => import("./verify_chain.ts"),
  },
  {
    name: "verify session-chain",
    summary: "Verify all checkpoints of a session",
    goal: "Prove what happened",
    load: () => import("./verify_session_chain.ts"),
  },
  {
    name: "run import",
    summary: "Turn conversations of a real agent into runpacks",
    goal: "Prove what happened",
    load: () => import("./run/import.ts"),
  },
  {
    name: "run record",
    summary: "Record a run as a runpack",
    goal: "Prove what happened",
    load: () => import("./run/record.ts"),
  },
  {
    name: "run inspect",
    summary: "Show what a run did, call by call",
    goal: "Prove what happened",
    load: () => import("./run/inspect.ts"),
  },
  {
    name: "run replay",
    summary: "Replay a run from its record",
    goal: "Prove what happened",
    load: () => import("./run/replay.ts"),
  },
  {
    name: "run diff",
    summary: "Compare two runs",
    goal: "Prove what happened",
    load: () => import("./run/diff.ts"),
  },
  {
    name: "run receipt",
    summary: "Print the ticket line of a run",
    goal: "Prove what happened",
    load: () => import("./run/receipt.ts"),
  },
  {
    name: "run reduce",
    summary: "Cut a run down to one failing call",
    goal: "Prove what happened",
    load: () => import("./run/reduce.ts"),
  },
  {
    name: "run session start",
    summary: "Begin the journal of a session",
    goal: "Prove what happened",
    load: () => import("./run/session/start.ts"),
  },
  {
    name: "run session append",
    summary: "Append a decision to the journal",
    goal: "Prove what happened",
    load: () => import("./run/session/append.ts"),
  },
  {
    name: "run session status",
    summary: "Check the journal and tell where it stands",
    goal: "Prove what happened",
    load: () => import("./run/session/status.ts"),
  },
  {
    name: "run session checkpoint",
    summary: "Seal the new decisions into a runpack",
    goal: "Prove what happened",
    load: () => import("./run/session/checkpoint.ts"),
  },
  {
    name: "run session compact",
    summary: "Drop what was sealed from the journal",
    goal: "Prove what happened",
    load: () => import("./run/session/compact.ts"),
  },
  {
    name: "run session chain",
    summary: "Write the chain of a session anew, and sign it",
    goal: "Prove what happened",
    load: () => import("./run/session/chain.ts"),
  },
  {
    name: "run session recover",
    summary: "Cut a torn journal after a crash",
    goal: "Prove what happened",
    load: () => import("./run/session/recover.ts"),
  },
  {
    name: "trace verify",
    summary: "Verify the signature of a gate trace",
    goal: "Prove what happened",
    load: () => import("./trace/verify.ts"),
  },
  {
    name: "pack build",
    summary: "Pack a run or a job with all its evidence into one file",
    goal: "Prove what happened",
    load: () => import("./pack/build.ts"),
  },
  {
    name: "pack verify",
    summary: "Verify packs, and the runpacks inside, offline",
    goal: "Prove what happened",
    load: () => import("./pack/verify.ts"),
  },
  {
    name: "pack inspect",
    summary: "Show what a pack holds",
    goal: "Prove what happened",
    load: () => import("./pack/inspect.ts"),
  },
  {
    name: "pack diff",
    summary: "Compare two packs, and the context of their runs",
    goal: "Prove what happened",
    load: () => import("./pack/diff.ts"),
  },
  {
    name: "voice pack build",
    summary: "Seal the record of a call, and refuse speech without an allow",
    goal: "Prove what happened",
    load: () => import("./voice/pack_build.ts"),
  },
  {
    name: "voice pack verify",
    summary: "Verify a callpack, offline",
    goal: "Prove what happened",
    load: () => import("./voice/pack_verify.ts"),
  },
  {
    name: "voice pack inspect",
    summary: "Show what a callpack holds",
    goal: "Prove what happened",
    load: () => import("./voice/pack_inspect.ts"),
  },
  {
    name: "voice pack diff",
    summary: "Compare two callpacks",
    goal: "Prove what happened",
    load: () => import("./voice/pack_diff.ts"),
  },
  {
    name: "pack export",
    summary: "Write a pack as one page, or for OpenTelemetry, PostgreSQL or in-toto",
    goal: "Prove what happened",
    load: () => import("./pack/export.ts"),
  },
  {
    name: "migrate",
    summary: "Rewrite a runpack in its current form",
    goal: "Prove what happened",
    load: () => import("./migrate.ts"),
  },
  {
    name: "regress bootstrap",
    summary: "Make a regression of a run and run it",
    goal: "Never again",
    load: () => import("./regress/bootstrap.ts"),
  },
  {
    name: "regress init",
    summary: "Make a regression fixture of a run",
    goal: "Never again",
    milestone: "A3",
    load: () => import("./regress/init.ts"),
  },
  {
    name: "regress add",
    summary: "Add a regression fixture, also from a capture receipt",
    goal: "Never again",
    load: () => import("./regress/add.ts"),
  },
  {
    name: "regress run",
    summary: "Run the regressions of this folder",
    goal: "Never again",
    milestone: "A4",
    load: () => import("./regress/run.ts"),
  },
  {
    name: "keys init",
    summary: "Make a key pair",
    goal: "Keys and trust",
    load: () => import("./keys/init.ts"),
  },
  {
    name: "keys rotate",
    summary: "Make a new key pair and keep the old one",
    goal: "Keys and trust",
    load: () => import("./keys/rotate.ts"),
  },
  {
    name: "keys verify",
    summary: "Check that a key pair belongs together",
    goal: "Keys and trust",
    load: () => import("./keys/verify.ts"),
  },
  {
    name: "keys trust add",
    summary: "Trust a public key in this folder",
    goal: "Keys and trust",
    load: () => import("./keys/trust_add.ts"),
  },
  {
    name: "keys trust list",
    summary: "List the trusted keys",
    goal: "Keys and trust",
    load: () => import("./keys/trust_list.ts"),
  },
  {
    name: "keys trust remove",
    summary: "Stop trusting a key",
    goal: "Keys and trust",
    load: () => import("./keys/trust_remove.ts"),
  },
  {
    name: "version",
    summary: "Print the version",
    goal: "The program",
    load: () => import("./version.ts"),
  },
];
