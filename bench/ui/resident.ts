/**
 * `deno run -A bench/ui/resident.ts [traces]`: the resident memory of the server of `gait ui` while as many traces appear as
 * a call a second leaves in a day, 86,400, and a client asks for the newest as an open page does. They are copies of one
 * trace with other ids, times and digests, written as fast as the server reads them: `day.ts` has a real stream, and a page.
 */
import { makeWorkFolder } from "../../scripts/root.ts";
import { bundle } from "../../scripts/bundle.ts";
import { printTable } from "../table.ts";
import { startUi } from "./measured_page.ts";
import { makeWorkspace, TRACES } from "./workspace.ts";

const traces = Number(Deno.args[0] ?? 86_400);
const PARTS = 6;
const BEFORE = 200;

/** Never more than so many are ahead of the server. */
const AHEAD = 2_000;

await bundle();
const folder = await makeWorkFolder("bench-ui-resident-");
try {
  await makeWorkspace(folder, BEFORE);
  const names = [...Deno.readDirSync(`${folder}/${TRACES}`)].map(({ name }) => name);
  const sample = Deno.readTextFileSync(
    `${folder}/${TRACES}/${names.find((name) => name.startsWith("trace_"))}`,
  );
  const { trace_id: id, intent_digest: digest, observed_at: time } = JSON.parse(sample);
  const server = await startUi(folder);
  const known = async () => {
    const { total } = await server.ask("traces", { limit: 100 });
    return Number(total);
  };
  const rows: string[][] = [];
  const note = async (count: number) => {
    while (await known() < BEFORE + count) await new Promise((resolve) => setTimeout(resolve, 300));
    rows.push([count.toLocaleString("en"), (await server.memory()).toFixed(0)]);
  };
  try {
    await note(0);
    const first = Date.parse(time);
    for (let i = 1; i <= traces; i++) {
      const hex = i.toString(16).padStart(8, "0");
      const trace = sample.replaceAll(id, hex + id.slice(8)).replaceAll(digest, hex + digest.slice(8))
        .replaceAll(time, new Date(first + i * 1000).toISOString());
      Deno.writeTextFileSync(`${folder}/${TRACES}/trace_${hex}${id.slice(8)}.json`, trace);
      if (i % AHEAD === 0) {
        while (await known() < BEFORE + i - AHEAD) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (i % Math.round(traces / PARTS) === 0) await note(i);
    }
    printTable("gait ui while traces appear", ["traces", "server MB"], rows);
  } finally {
    await server.stop();
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
