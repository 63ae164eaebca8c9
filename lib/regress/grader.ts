import type { Runpack } from "../runpack/read.ts";
import type { JsonObject } from "../formats/json/mod.ts";
import type { ContextConformance } from "../schema/regress.ts";
import type { Candidate } from "./candidate.ts";
import type { Fixture } from "./fixture.ts";

/** What graders look at: a fixture, its runpack, and the run that is compared with it. */
export interface Subject {
  readonly fixture: Fixture;
  readonly pack: Runpack;
  readonly candidate: Candidate;
}

/** What the command line asks of graders. */
export interface GradeOptions {
  /** Add the context grader. */
  readonly context: boolean;
  /** Enforce it on all fixtures. */
  readonly enforceContext: boolean;
  /** Accept a context that differs only in when it was retrieved. */
  readonly allowRuntimeDrift: boolean;
}

/** What a grader says. */
export interface Grade {
  readonly pass: boolean;
  readonly codes: readonly string[];
  readonly details: JsonObject;
  readonly conformance?: ContextConformance;
}

/** Judges one fixture by one question. */
export type Grader = (subject: Subject, options: GradeOptions) => Grade | Promise<Grade>;
