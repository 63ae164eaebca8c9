import { invalidInput } from "../../errors/mod.ts";
import { EXIT, GaitError } from "../../errors/mod.ts";
import { compact } from "../../formats/json/mod.ts";
import { runJob } from "../../job/run/run.ts";
import { bool, defineCommand, integer, text } from "../define.ts";
import { duration } from "../duration_flag.ts";
import { failure, negative, type Outcome } from "../outcome.ts";
import { dim, line } from "../text.ts";
import { actorFlag, fingerprintFlag, jobFlags, policyFlags } from "./flags.ts";
import { jobFields, jobOutcome } from "./report.ts";

const milliseconds = (nanoseconds: bigint) => Number(nanoseconds / 1_000_000n);

/** `gait job run` (docs/spec/job.md 11): not in the existing program. */
export default defineCommand({
  explain:
    "Runs a command as a durable job, with checkpoints, decisions that suspend it, an emergency stop and restart after a crash.",
  positionals: ["<program>", "[argument...]"],
  flagsFirst: true,
  flags: {
    ...jobFlags,
    ...actorFlag,
    identity: text("name", "the agent's identity, for a new job; the actor by default"),
    ...policyFlags,
    ...fingerprintFlag,
    "allow-env-mismatch": bool("accept an environment that differs from that of the submit"),
    attempts: integer(
      "number",
      "maximum number of starts, also of those lost in a crash; without it, only those are repeated",
      { least: 1 },
    ),
    backoff: duration("wait before the second attempt; doubled before each further one", { default: "1s" }),
    "log-limit": integer("bytes", "maximum size of the output log", { default: 10_485_760, least: 4096 }),
    heartbeat: duration("interval of the runner's heartbeat", { default: "5s" }),
    grace: duration("how long a cancelled command may take to exit", { default: "5s" }),
  },
  needs: { read: true, write: true, env: true, run: true },
  errorFields: jobFields("run"),
  examples: [
    "gait job run --id nightly-etl -- ./etl.sh --all",
    "gait job run --id nightly-etl --attempts 5 --backoff 10s -- ./etl.sh",
  ],
  async run({ positionals, flags, effects, version, notify }) {
    const [command, ...args] = positionals;
    if (command === undefined || command.trim() === "") {
      throw invalidInput("Missing the command to run", {
        hint: "Give it after --: gait job run --id a -- ./a.sh",
      });
    }
    const options = {
      command,
      args,
      actor: flags.actor,
      identity: flags.identity,
      policy: flags.policy,
      policyDigest: flags["policy-digest"],
      policyRef: flags["policy-ref"],
      envFingerprint: flags["env-fingerprint"],
      allowEnvMismatch: flags["allow-env-mismatch"],
      attempts: flags.attempts,
      backoff: milliseconds(flags.backoff),
      logLimit: flags["log-limit"],
      heartbeat: milliseconds(flags.heartbeat),
      grace: milliseconds(flags.grace),
    };
    const result = await runJob(flags.root, flags.id, options, effects, version, {
      show: (text) => notify(line(text)),
      note: (text) => notify(line(dim(`job run: ${text}`))),
    });
    return outcomeOf(result);
  },
});

/** Exit 0 for a completed job, 1 when its command failed, 3 when it was stopped or cancelled. */
function outcomeOf({ state, attempt, end }: Awaited<ReturnType<typeof runJob>>): Outcome {
  const json = compact({ attempt, exit_status: end?.code, signal: end?.signal });
  const report = jobOutcome("run", { state, json });
  const { ok: _, ...members } = report.json;
  if (state.status === "completed") return report;
  if (state.status === "blocked") {
    const outcome = end === undefined
      ? "has no attempt left"
      : end.signal === undefined
      ? `exited with ${end.code}`
      : `was ended by ${end.signal}`;
    return failure(
      new GaitError("internal_failure", `The command of job "${state.job_id}" ${outcome}`, {
        detail: "command_failed",
        hint: `See its output with: gait job logs --id ${state.job_id}; to run it again, resume it first: ` +
          `gait job resume --id ${state.job_id}`,
      }),
      members,
      report.lines,
    );
  }
  return negative(EXIT.policyBlocked, members, report.lines);
}
