import { ENDING, STATUS_OF } from "./signals.ts";

/**
 * Listen for a request to stop: the first SIGTERM or SIGINT calls back, the second one ends the process. The listeners
 * are never removed: removing one during delivery of its signal sometimes ended the process anyway.
 */
export function onStopSignal(stop: () => void): void {
  let stopped = false;
  // SIGHUP is not a request to finish: it ends the process at once.
  for (const signal of ENDING.filter((signal) => signal !== "SIGHUP")) {
    Deno.addSignalListener(signal, () => {
      if (stopped) Deno.exit(STATUS_OF[signal]);
      stopped = true;
      stop();
    });
  }
}
