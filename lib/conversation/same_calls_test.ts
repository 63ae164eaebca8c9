import assert from "node:assert/strict";
import { utf8 } from "../formats/bytes.ts";
import { importInputs } from "./import.ts";

const input = (what: string, value: unknown) => ({ what, bytes: utf8(JSON.stringify(value)), found: true });

Deno.test("the panel of a task of Cline next to the history of the API is listed, not attested again", async () => {
  const history = [
    { role: "user", content: [{ type: "text", text: "<task>\nlist\n</task>" }] },
    {
      role: "assistant",
      content: [{ type: "text", text: "<execute_command>\n<command>ls</command>\n</execute_command>" }],
    },
  ];
  const panel = [
    { ts: 1, type: "say", say: "api_req_started", text: "{}" },
    { ts: 2, type: "ask", ask: "command", text: "ls" },
  ];
  const { runs, skipped } = await importInputs(
    [
      input("tasks/1/api_conversation_history.json", history),
      input("tasks/1/ui_messages.json", panel),
      input("tasks/2/ui_messages.json", panel),
    ],
    {},
    "0",
  );
  assert.deepEqual(runs.map(({ format, intents }) => [format, intents]), [["cline", 1], ["cline-ui", 1]]);
  assert.deepEqual(skipped.map(({ position }) => position), ["tasks/1/ui_messages.json, task 1"]);
});
