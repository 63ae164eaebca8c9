/** Hostile records and packs of phone calls. */
import { readCallRecord } from "../../lib/voice/call/record.ts";
import { buildCallPack } from "../../lib/pack/build_call.ts";
import { verifyPack } from "../../lib/pack/verify.ts";
import { packSample, testKey } from "../support/sample_run.ts";
import { callRecord, sayTokenSample } from "../support/sample_calls.ts";
import { json, type Readers, SHA, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

function callWith(n: number) {
  const record = callRecord();
  const [, , , request, emitted] = record.events;
  const [event, decision, receipt] = [emitted, record.gate_decisions[0], record.speak_receipts[0]];
  // As many promises, each with leave and a receipt, in turns of their own.
  const turns = list(n, (i) => ({ turn_index: 10 + i, call_seq: 10 + 2 * i }));
  record.events.push(...turns.flatMap(({ turn_index, call_seq }) => [
    { ...request, turn_index, call_seq, say_token_id: `s${call_seq}` },
    { ...event, turn_index, call_seq: call_seq + 1, say_token_id: `s${call_seq}` },
  ]));
  record.gate_decisions.push(...turns.map((turn) => ({ ...decision, ...turn })));
  record.speak_receipts.push(
    ...turns.map(({ turn_index, call_seq }) => ({
      ...receipt,
      turn_index,
      call_seq: call_seq + 1,
      say_token_id: `s${call_seq}`,
    })),
  );
  record.commitments.push(...turns.map((turn) => ({ ...record.commitments[0], ...turn })));
  record.reference_digests = list(n, (i) => ({ ref_id: `r${i}`, sha256: SHA }));
  return json(record);
}

/** As many decisions and receipts in one turn, which a token is compared with. */
function callInOneTurn(tokens: readonly string[]) {
  const record = callRecord();
  const [decision, receipt] = [record.gate_decisions[0], record.speak_receipts[0]];
  record.gate_decisions = tokens.map((_, i) => ({ ...decision, call_seq: 1 + i }));
  record.speak_receipts.push(
    ...tokens.map((say_token_id, i) => ({ ...receipt, call_seq: 10 + i, say_token_id })),
  );
  return json(record);
}

export const VOICE: Readers = {
  "voice: call records": { size: 500, make: callWith, read: (bytes) => readCallRecord(bytes, what) },
  "voice: callpacks": {
    size: 300,
    make: async (n) => {
      const { bytes } = await packSample();
      const { pack } = {
        pack: (await buildCallPack(readCallRecord(callWith(n), what), bytes, "0.0.0-test")).bytes,
      };
      return pack;
    },
    read: (bytes) => verifyPack(bytes),
  },
  "voice: callpacks with say-tokens": {
    size: 200,
    make: async (n) => {
      const { bytes } = await packSample();
      const key = await testKey(1);
      const minted = await Promise.all(list(n, (i) => sayTokenSample(key, (one) => one.call_seq = i + 1)));
      const record = readCallRecord(callInOneTurn(minted.map(({ token }) => token.token_id)), what);
      const tokens = minted.map(({ file }) => file);
      return (await buildCallPack(record, bytes, "0.0.0-test", undefined, tokens)).bytes;
    },
    read: (bytes) => verifyPack(bytes),
  },
};
