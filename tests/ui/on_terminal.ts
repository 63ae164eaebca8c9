import type { Stage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { withoutProgram } from "../support/test_unless.ts";

/** Why a test with a terminal can't run here. */
export const missingTerminal = Deno.build.os === "linux"
  ? withoutProgram("script")
  : "it needs script of util-linux";

/** A token that an agent may have read. */
export const TOKEN = "token-that-an-agent-has-read";
const HEADERS = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };

/** `gait ui` on a terminal of its own. */
export interface OnTerminal {
  readonly url: string;
  /** Wait until the terminal shows something, and give the match. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  // deno-lint-ignore no-explicit-any -- answers of many shapes
  ask(path: string, body?: unknown): Promise<{ status: number; json: any }>;
}

/** Run `gait ui` on a terminal. */
export async function onTerminal(
  { folder }: Stage,
  args: readonly string[],
  test: (terminal: OnTerminal) => Promise<void>,
): Promise<void> {
  const line = [`${repository}bin/gait`, "ui", "--listen=127.0.0.1:0", "--open-browser=false", ...args];
  const child = new Deno.Command("script", {
    args: ["-qec", line.map((word) => `'${word}'`).join(" "), "/dev/null"],
    cwd: folder,
    env: { HOME: folder, NO_COLOR: "1", GAIT_UI_TOKEN: TOKEN },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let shown = "";
  const shows = async (pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(shown);
      if (match) return match;
      const { value, done } = await reader.read();
      if (done) throw new Error(`the terminal shows ${shown}`);
      shown += value;
    }
  };
  try {
    const url = (await shows(/ui url=(\S+)/))[1]!;
    await test({
      url,
      shows,
      async ask(path, body = {}) {
        const answer = await fetch(`${url}api/${path}`, {
          method: "POST",
          headers: HEADERS,
          body: JSON.stringify(body),
        });
        return { status: answer.status, json: await answer.json() };
      },
    });
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await reader.cancel();
  }
}
