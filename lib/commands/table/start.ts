import type { Entry } from "../entry.ts";

/** The commands under "Start here" (the goal of the command table). */
export const START_HERE: readonly Entry[] = [
  {
    name: "demo",
    summary: "Record, sign and verify a first run",
    goal: "Start here",
    milestone: "A1",
    load: () => import("../demo.ts"),
  },
  {
    name: "tour",
    summary: "Walk through record, verify and regression in one go",
    goal: "Start here",
    load: () => import("../tour.ts"),
  },
  {
    name: "init",
    summary: "Write a policy for the agent tools of this folder",
    goal: "Start here",
    load: () => import("../init.ts"),
  },
  {
    name: "check",
    summary: "Report the gaps of the policy of this folder",
    goal: "Start here",
    load: () => import("../check.ts"),
  },
  {
    name: "ui",
    summary: "Look at runs, traces, packs and policies in the browser",
    goal: "Start here",
    load: () => import("../ui.ts"),
  },
  {
    name: "doctor",
    summary: "Diagnose this installation and folder",
    goal: "Start here",
    load: () => import("../doctor/doctor.ts"),
  },
  {
    name: "doctor adoption",
    summary: "Tell how far the adoption of Gait got",
    goal: "Start here",
    load: () => import("../doctor/adoption.ts"),
  },
];
