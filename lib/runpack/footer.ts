import { GaitError } from "../errors/mod.ts";

const PATTERN =
  /^GAIT run_id=([A-Za-z0-9_-]+) manifest=sha256:([a-f0-9]{64}) verify="gait verify ([A-Za-z0-9_-]+)"$/;

/** The line to paste into a ticket (docs/spec/core.md 4.3). */
export function ticketFooter(runId: string, manifestDigest: string): string {
  return `GAIT run_id=${runId} manifest=sha256:${manifestDigest} verify="gait verify ${runId}"`;
}

/**
 * The footer, checked against its format.
 *
 * @throws {GaitError} `internal_failure` (exit 1, as the existing program answers) when run id or digest can't stand in one
 */
export function checkedTicketFooter(runId: string, manifestDigest: string): string {
  const footer = ticketFooter(runId, manifestDigest);
  if (!PATTERN.test(footer)) {
    throw new GaitError(
      "internal_failure",
      `Cannot make a ticket footer for run id ${JSON.stringify(runId)}`,
      {
        hint: "Record the run again with an id of letters, digits, _ and -",
      },
    );
  }
  return footer;
}
