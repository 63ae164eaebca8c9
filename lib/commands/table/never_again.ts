import type { Entry } from "../entry.ts";

/** The commands under "Never again" (the goal of the command table). */
export const NEVER_AGAIN: readonly Entry[] = [
  {
    name: "ci init",
    summary: "Write a workflow that checks every build",
    goal: "Never again",
    load: () => import("../ci/init.ts"),
  },
  {
    name: "regress bootstrap",
    summary: "Turn a run into a regression and run it",
    goal: "Never again",
    load: () => import("../regress/bootstrap.ts"),
  },
  {
    name: "regress init",
    summary: "Turn a run into a regression fixture",
    goal: "Never again",
    milestone: "A3",
    load: () => import("../regress/init.ts"),
  },
  {
    name: "regress add",
    summary: "Add a regression fixture, also from a capture receipt",
    goal: "Never again",
    load: () => import("../regress/add.ts"),
  },
  {
    name: "regress run",
    summary: "Run the regressions of this folder",
    goal: "Never again",
    milestone: "A4",
    load: () => import("../regress/run.ts"),
  },
  {
    name: "capture",
    summary: "Leave a receipt of a run, a checkpoint or a trace, for a regression",
    goal: "Never again",
    load: () => import("../regress/capture.ts"),
  },
  {
    name: "report top",
    summary: "Rank the riskiest actions of runs and traces",
    goal: "Never again",
    load: () => import("../report/top.ts"),
  },
];
