/**
 * `deno task recording`: plays the quickstart in a fresh folder, and writes what it printed as an asciicast (v2) and as
 * a picture: docs/images/quickstart.cast and .svg. Outputs are real; the pace of typing is made up, so that the files
 * change only when the program prints something else.
 */
import { root } from "./root.ts";

/** The commands of README.md, "Try it", and what a foreign key makes of the result. */
export const COMMANDS: readonly string[] = [
  "gait demo",
  "gait verify run_demo",
  "gait regress bootstrap --from run_demo --junit ./gait-out/junit.xml",
  "gait keys init --out-dir keys > keys.txt",
  "gait verify run_demo --public-key keys/gait_public.key",
];

const WIDTH = 100;
/** Seconds for a typed character, before an output, and after it. */
const PACE = { type: 0.04, answer: 0.3, read: 1.2 };

/** A part of the screen at a time. */
export interface Frame {
  readonly at: number;
  readonly text: string;
}

/** Run the commands, and give what a terminal shows, with the time of each piece. */
export async function play(commands: readonly string[]): Promise<Frame[]> {
  const folder = await Deno.makeTempDir({ prefix: "gait-recording-" });
  try {
    const frames: Frame[] = [];
    let at = 0;
    for (const command of commands) {
      frames.push({ at, text: "$ " });
      for (const letter of command) frames.push({ at: at += PACE.type, text: letter });
      const { stdout } = await new Deno.Command("sh", {
        args: ["-c", `exec 2>&1\n${command}`],
        cwd: folder,
        env: { PATH: `${root}bin:${Deno.env.get("PATH")}`, HOME: folder, NO_COLOR: "1" },
      }).output();
      const printed = new TextDecoder().decode(stdout).replace(/\n$/, "");
      frames.push({ at: at += PACE.answer, text: `\n${printed === "" ? "" : `${printed}\n`}` });
      at += PACE.read;
    }
    return frames;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The recording as asciicast v2: a header, and a line an event. */
export function asciicast(frames: readonly Frame[]): string {
  const text = frames.map((frame) => frame.text).join("");
  const header = { version: 2, width: WIDTH, height: text.split("\n").length, title: "gait in a minute" };
  const lines = frames.map(({ at, text }) =>
    JSON.stringify([Number(at.toFixed(3)), "o", text.replaceAll("\n", "\r\n")])
  );
  return `${[JSON.stringify(header), ...lines].join("\n")}\n`;
}

/** The recording as a picture: every line at its place, those of outputs appearing at their time. */
export function picture(frames: readonly Frame[]): string {
  const rows: { text: string; at: number }[] = [];
  let row = { text: "", at: 0 };
  for (const { at, text } of frames) {
    const parts = text.split("\n");
    for (const [i, part] of parts.entries()) {
      if (i > 0) {
        rows.push(row);
        row = { text: "", at };
      }
      if (row.text === "") row = { ...row, at };
      row.text += part;
    }
  }
  if (row.text !== "") rows.push(row);
  const shown = rows.flatMap(({ text, at }) => wrap(text).map((line) => ({ text: line, at })));
  const height = shown.length * 19 + 40;
  const texts = shown.map(({ text, at }, i) =>
    `<text x="20" y="${36 + i * 19}"${text.startsWith("$ ") ? ' class="typed"' : ""} style="animation-delay:${
      at.toFixed(2)
    }s">${escapeXml(text)}</text>`
  ).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${height}" role="img" aria-label="A terminal: the quickstart of gait" font-family="ui-monospace, 'DejaVu Sans Mono', monospace" font-size="13.5">
<style>
rect { fill: #11161d; }
text { fill: #c4ccd8; white-space: pre; animation: show 0.01s both; }
.typed { fill: #ffffff; font-weight: 600; }
@keyframes show { from { opacity: 0; } to { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { text { animation: none; } }
</style>
<rect width="900" height="${height}" rx="10"/>
${texts}
</svg>
`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (let i = 0; i < Math.max(1, text.length); i += WIDTH) lines.push(text.slice(i, i + WIDTH));
  return lines;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

if (import.meta.main) {
  const frames = await play(COMMANDS);
  await Deno.writeTextFile(`${root}docs/images/quickstart.cast`, asciicast(frames));
  await Deno.writeTextFile(`${root}docs/images/quickstart.svg`, picture(frames));
}
