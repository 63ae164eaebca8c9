import { cutToSeconds } from "../formats/time.ts";
import type { JobEvent, JobState } from "../schema/job.ts";

/** One line of the history of a job, as text. */
export interface TimelineEntry {
  readonly time: string;
  readonly text: string;
}

/** The history of a job: its events in order, with the summaries of checkpoints. */
export function timelineOf(
  { state, events }: { readonly state: JobState; readonly events: readonly JobEvent[] },
): TimelineEntry[] {
  const summaries = new Map(state.checkpoints.map((item) => [item.checkpoint_id, item.summary]));
  return events.map((event) => {
    const by = event.actor === "" ? "" : ` by ${event.actor}`;
    const about = aboutEvent(event, summaries);
    return {
      time: cutToSeconds(event.created_at),
      text: `${event.revision}. ${event.type}${by}${about === "" ? "" : `: ${about}`}`,
    };
  });
}

function aboutEvent(event: JobEvent, summaries: ReadonlyMap<string, string>): string {
  const member = (name: string) => {
    const value = event.payload?.[name];
    return typeof value === "string" ? value : "";
  };
  const checkpoint = member("checkpoint_id");
  const parts = [
    member("checkpoint_type"),
    checkpoint,
    event.type === "checkpoint_added" ? summaries.get(checkpoint) ?? "" : "",
    member("required_action") === "" ? "" : `(required: ${member("required_action")})`,
    member("reason"),
    event.type === "resumed" && event.reason_code !== "resumed" ? `(${event.reason_code})` : "",
    member("dispatch_path"),
  ];
  return parts.filter((part) => part !== "").join(" ");
}
