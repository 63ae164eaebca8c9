import type { Entry } from "../entry.ts";

/** The commands under "Work that survives" (the goal of the command table). */
export const WORK_THAT_SURVIVES: readonly Entry[] = [
  {
    name: "job submit",
    summary: "Begin a durable job",
    goal: "Work that survives",
    load: () => import("../job/submit.ts"),
  },
  {
    name: "job run",
    summary: "Run a command as a durable job",
    goal: "Work that survives",
    load: () => import("../job/run.ts"),
  },
  {
    name: "job list",
    summary: "List the jobs of a folder",
    goal: "Work that survives",
    load: () => import("../job/list.ts"),
  },
  {
    name: "job status",
    summary: "Tell where a job stands",
    goal: "Work that survives",
    load: () => import("../job/status.ts"),
  },
  {
    name: "job inspect",
    summary: "Show everything that happened to a job",
    goal: "Work that survives",
    load: () => import("../job/inspect.ts"),
  },
  {
    name: "job verify",
    summary: "Check that nobody edited a job",
    goal: "Work that survives",
    load: () => import("../job/verify.ts"),
  },
  {
    name: "job watch",
    summary: "Follow a job as it goes on",
    goal: "Work that survives",
    load: () => import("../job/watch.ts"),
  },
  {
    name: "job logs",
    summary: "Show what the command of a job printed",
    goal: "Work that survives",
    load: () => import("../job/logs.ts"),
  },
  {
    name: "job checkpoint add",
    summary: "Record how far a job is, or what it needs",
    goal: "Work that survives",
    load: () => import("../job/checkpoint/add.ts"),
  },
  {
    name: "job checkpoint list",
    summary: "List the checkpoints of a job",
    goal: "Work that survives",
    load: () => import("../job/checkpoint/list.ts"),
  },
  {
    name: "job checkpoint show",
    summary: "Show one checkpoint of a job",
    goal: "Work that survives",
    load: () => import("../job/checkpoint/show.ts"),
  },
  {
    name: "job pause",
    summary: "Pause a job",
    goal: "Work that survives",
    load: () => import("../job/pause.ts"),
  },
  {
    name: "job approve",
    summary: "Approve the decision that a job waits for",
    goal: "Work that survives",
    load: () => import("../job/approve.ts"),
  },
  {
    name: "job resume",
    summary: "Let a job go on",
    goal: "Work that survives",
    load: () => import("../job/resume.ts"),
  },
  {
    name: "job stop",
    summary: "Stop a job in an emergency, and block its calls",
    goal: "Work that survives",
    load: () => import("../job/stop.ts"),
  },
  {
    name: "job cancel",
    summary: "End a job for good",
    goal: "Work that survives",
    load: () => import("../job/cancel.ts"),
  },
];
