import type { Fault, Message } from "../codec/message.ts";
import { listOf } from "../codec/reply.ts";
import type { Outlet } from "./types.ts";

/** Gathers the answers to the members of a batch, and sends them as one list when all are there. */
export function batchOutlet(members: readonly (Message | Fault)[], outlet: Outlet): Outlet {
  const answers: Uint8Array[] = [];
  let missing =
    members.filter((member) => member.kind === "request" || member.kind === "fault" && member.answerable)
      .length;
  const done = async () => {
    missing--;
    if (missing > 0) return;
    if (answers.length > 0) await outlet.answer(listOf(answers));
    else outlet.dropped();
  };
  return {
    send: (message) => outlet.send(message),
    async answer(message) {
      answers.push(message);
      await done();
    },
    dropped: () => void done(),
  };
}
