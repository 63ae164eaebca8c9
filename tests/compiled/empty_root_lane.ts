import { repository } from "../support/places.ts";
import type { Installation } from "./installation.ts";
import { report } from "./report.ts";
import type { Counts } from "../../scripts/test_counts.ts";

/** New namespaces, in which this user is root: nothing that happens there reaches the machine. */
const NAMESPACES = ["--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc"];

const WHAT = "an empty root folder without a network";

/** Run the checks of `empty_root.ts`; they are skipped where the system gives no namespaces. */
export async function runInEmptyRoot({ gait, probe, folder }: Installation): Promise<Counts> {
  const missing = await missingForNamespaces();
  if (missing !== undefined) {
    report(WHAT, `skipped: ${missing}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  report(WHAT, "follows");
  await Deno.mkdir(`${folder}/work`, { recursive: true });
  const script = `${repository}tests/compiled/empty_root.ts`;
  const config = ["--config", `${repository}deno.json`];
  const args = [
    ...NAMESPACES,
    Deno.execPath(),
    "run",
    "-q",
    "-A",
    ...config,
    script,
    gait,
    probe,
    `${folder}/work`,
  ];
  const { success } = await new Deno.Command("unshare", { args }).spawn().status;
  const counted = await Deno.readTextFile(`${folder}/counts.json`).catch(() => undefined);
  if (success && counted !== undefined) return JSON.parse(counted);
  report(WHAT, "FAILED: it ended before its last check");
  return { passed: 0, failed: 1, skipped: 0 };
}

/** Why there can be no namespaces here; `undefined` when there can. */
async function missingForNamespaces(): Promise<string | undefined> {
  try {
    const probe = ["sh", "-c", "ip link set lo up && ldd --version >/dev/null"];
    const { success, stderr } = await new Deno.Command("unshare", { args: [...NAMESPACES, ...probe] })
      .output();
    return success ? undefined : new TextDecoder().decode(stderr).trim().split("\n")[0];
  } catch {
    return "there is no unshare";
  }
}
