/**
 * `deno run -A bench/ui/journals.ts [decisions]`: how long the page of `gait ui` takes to open where a crash left decisions in
 * the journals of streams alone, and how its server answers while it counts them. The journals are made of lines of a real
 * one, with other ids and digests.
 */
import { makeWorkFolder } from "../../scripts/root.ts";
import { bundle } from "../../scripts/bundle.ts";
import { conclude, median, ms, printTable } from "../table.ts";
import { newTab, openTraces, startBrowser, startUi } from "./measured_page.ts";
import { makeWorkspace, TRACES } from "./workspace.ts";

const decisions = Number(Deno.args[0] ?? 100_000);
const OPEN_BUDGET = 2_000;

/** As many as a journal has before a stream begins the next one, of 16 MiB. */
const PER_JOURNAL = 6_500;

await bundle();
const folder = await makeWorkFolder("bench-ui-journals-");
try {
  await makeWorkspace(folder, 200);
  makeJournals();
  const server = await startUi(folder);
  const browser = await startBrowser();
  try {
    const started = performance.now();
    const first = await openTraces(await newTab(browser), server.url);
    const waits: number[] = [];
    let most = 0;
    for (;;) {
      const asked = performance.now();
      const { unwritten } = await server.ask("traces", { limit: 100 });
      waits.push(performance.now() - asked);
      most = Math.max(most, await server.memory());
      if (unwritten === decisions) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const counted = performance.now() - started;
    const second = await openTraces(await newTab(browser), server.url);
    printTable(`${decisions.toLocaleString("en")} decisions in journals alone`, ["what", "ms", "budget"], [
      ["page opened as the server starts, to the list", ms(first), conclude(first, OPEN_BUDGET)],
      ["all decisions counted", ms(counted), ""],
      ["an answer while they are counted: median", ms(median(waits)), ""],
      ["an answer while they are counted: longest", ms(Math.max(...waits)), ""],
      ["another tab, when all are counted", ms(second), conclude(second, OPEN_BUDGET)],
    ]);
    console.log(`\n  memory of the server: at most ${most.toFixed(0)} MB`);
  } finally {
    await browser.close();
    await server.stop();
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

function makeJournals(): void {
  const traces = `${folder}/${TRACES}`;
  const name = [...Deno.readDirSync(traces)].map(({ name }) => name).find((name) =>
    name.startsWith("trace_")
  )!;
  const trace = Deno.readTextFileSync(`${traces}/${name}`);
  const { trace_id: id, intent_digest: digest } = JSON.parse(trace);
  const line = JSON.stringify({ files: { [name]: trace } });
  Deno.mkdirSync(`${traces}/.journal`, { recursive: true });
  for (let from = 0; from < decisions; from += PER_JOURNAL) {
    const count = Math.min(PER_JOURNAL, decisions - from);
    const lines = Array.from({ length: count }, (_, i) => {
      const hex = (from + i + 1).toString(16).padStart(8, "0");
      return `${line.replaceAll(id, hex + id.slice(8)).replaceAll(digest, hex + digest.slice(8))}\n`;
    });
    const number = (from / PER_JOURNAL).toString(16).padStart(16, "0");
    Deno.writeTextFileSync(`${traces}/.journal/${number}.jsonl`, lines.join(""));
  }
}
