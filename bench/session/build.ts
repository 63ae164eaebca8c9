import { nextEvent } from "../../lib/session/event.ts";
import { FIRST_DIGEST, nextDigest } from "../../lib/signing/line_chain.ts";
import { writeRecord } from "../../lib/session/records.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { timeOfMillis } from "../../lib/formats/time.ts";
import {
  encodeSessionEvent,
  JOURNAL_SCHEMA_ID,
  type SessionState,
} from "../../lib/schema/session_journal.ts";
import { hasherFor } from "../../lib/signing/mod.ts";

/** A journal with the given number of events, identical to single appends but without their fsync. */
export async function buildJournal(path: string, events: number): Promise<void> {
  const hash = await hasherFor(Infinity);
  const now = timeOfMillis(Date.UTC(2026, 0, 1));
  const ids = { session_id: "s", run_id: "r" };
  const header = {
    schema_id: JOURNAL_SCHEMA_ID,
    schema_version: "1.0.0",
    ...{ created_at: now, producer_version: "1.0.0", ...ids, started_at: now, events: [] },
  };
  const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
  let digest: string = FIRST_DIGEST;
  let pending = "";
  const take = async (line: string) => {
    digest = await nextDigest(digest, utf8(line), hash);
    pending += line + "\n";
  };
  await take(writeRecord("header", header));
  for (let last = 0; last < events; last++) {
    const state = { ...ids, last_sequence: last, last_checkpoint_sequence: 0 } as SessionState;
    const event = nextEvent({ toolName: "files.read", verdict: "allow" }, state, { now, version: "1.0.0" });
    await take(writeRecord("event", encodeSessionEvent(event), { prevDigest: digest }));
    if (pending.length > 1 << 22 || last === events - 1) {
      const bytes = utf8(pending);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      pending = "";
    }
  }
  file.close();
}
