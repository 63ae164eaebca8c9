/**
 * `deno run -A bench/scout/snapshot.ts`: scanning a tree of 10,000 source files, compared with reading them. Budget:
 * three times as long.
 */
import { cpuUsage } from "node:process";
import { makeFiles } from "../../lib/effects/files.ts";
import { scanFolders } from "../../lib/scout/scan.ts";
import { makeWorkFolder } from "../../scripts/root.ts";
import { conclude, median, ms, printTable } from "../table.ts";

const FOLDERS = 100;
const FILES = 100;
const ROUNDS = 7;
const BUDGET = 3;

/** Sources of about 4 kB; one in twenty uses a framework. */
function sourceOf(i: number): readonly [extension: string, text: string] {
  const isAgent = i % 40 === 0 || i % 40 === 2;
  switch (i % 5) {
    case 0:
    case 1:
      return [
        "py",
        (isAgent ? "from langchain_core.tools import tool\n\n\n@tool\n" : "import os\n\n\n") +
        `def work_${i}(value):\n    """What it does."""\n    parameters = {"name": value}\n    return parameters\n\n\n`
          .repeat(40),
      ];
    case 4:
      return [
        "json",
        JSON.stringify(Array.from({ length: 60 }, (_, k) => ({ id: k, title: `entry ${k}`, note: "none" }))),
      ];
    default:
      return [
        "ts",
        (i % 10 === 2
          ? 'import { tool } from "ai";\n\nexport const send = tool({ description: "d" });\n'
          : "") +
        `export function work${i}(value: string): string {\n  // What it does.\n  return \`\${value}!\`;\n}\n\n`
          .repeat(45),
      ];
  }
}

/** CPU time of this process in milliseconds: wall time tells nothing on a machine that others use too. */
function cpuTime(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** Read everything below a folder, which is the least that any scan does. */
function readTree(folder: string): number {
  let bytes = 0;
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    bytes += entry.isDirectory ? readTree(path) : Deno.readFileSync(path).length;
  }
  return bytes;
}

const folder = await makeWorkFolder("bench-");
try {
  for (let i = 0; i < FOLDERS * FILES; i++) {
    const inner = `${folder}/src/d${i % FOLDERS}`;
    if (i < FOLDERS) await Deno.mkdir(inner, { recursive: true });
    const [extension, text] = sourceOf(i);
    await Deno.writeTextFile(`${inner}/f${i}.${extension}`, text);
  }
  const files = makeFiles();
  const times: Record<"read" | "compatible" | "precise", number[]> = {
    read: [],
    compatible: [],
    precise: [],
  };
  let [bytes, items] = [0, 0];
  for (let round = -1; round < ROUNDS; round++) {
    for (const kind of ["read", "compatible", "precise"] as const) {
      const started = cpuTime();
      if (kind === "read") bytes = readTree(`${folder}/src`);
      else {
        const scan = await scanFolders(files, {
          roots: [`${folder}/src`],
          include: [],
          exclude: [],
          precise: kind === "precise",
        });
        items = scan.items.length;
      }
      if (round >= 0) times[kind].push(cpuTime() - started);
    }
  }
  const read = median(times.read);
  printTable(
    `Scanning 10,000 files, ${(bytes / 1e6).toFixed(0)} MB, ${items} items (median of CPU time)`,
    ["", "ms", "times reading", "budget"],
    (["read", "compatible", "precise"] as const).map((kind) => {
      const time = median(times[kind]);
      const ratio = time / read;
      return [
        kind,
        ms(time),
        ratio.toFixed(2),
        kind === "read" ? "" : conclude(Number(ratio.toFixed(2)), BUDGET),
      ];
    }),
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
