import { GaitError, messageOf } from "../../../errors/mod.ts";
import { CONTRACTS, HOOK_CLIENTS, type HookClient } from "../../../mcp/hooks/clients.ts";
import { type Layer, layersOf, switchedOff } from "../../../mcp/hooks/layers.ts";
import { planRemoval } from "../../../mcp/hooks/settings.ts";
import { readSettings } from "../../../mcp/hooks/settings_file.ts";
import { type Check, type DoctorContext, fail, type Finding, pass } from "../../check.ts";

/** Hooks of coding agents that were installed run: no other settings turn them off. */
export const AGENT_HOOKS: Check = {
  id: "agent_hooks",
  scope: "universal",
  title: "No settings turn off the hooks of Gait",
  async look(context) {
    const installed: string[] = [];
    for (const client of HOOK_CLIENTS) {
      const found = await lookAt(client, context);
      if (found === undefined) continue;
      if (typeof found !== "string") return found;
      installed.push(found);
    }
    return pass(
      installed.length === 0
        ? "no hook of Gait is installed"
        : `nothing turns off the hook of ${installed.join(", ")}`,
    );
  },
};

/** What is wrong with the hook of an agent; its name when nothing is, and nothing when it has none. */
async function lookAt(client: HookClient, context: DoctorContext): Promise<Finding | string | undefined> {
  const { workdir, effects: { files, home, os } } = context;
  const layers = layersOf(client, { project: workdir, home, os });
  try {
    const holders: Layer[] = [];
    for (const layer of layers) if (await holdsHook(client, layer, context)) holders.push(layer);
    if (holders.length === 0) return undefined;
    const off = await switchedOff(client, layers, files, holders.some(({ managed }) => managed));
    if (off === undefined) return client;
    return fail(
      `the hook of ${client} in "${
        holders[0]!.path
      }" never runs: ${off.member} in "${off.path}" turns it off`,
      { command: `take ${off.member} out of "${off.path}"` },
    );
  } catch (error) {
    if (!(error instanceof GaitError)) throw error;
    return fail(`whether ${client} runs hooks is not known: ${messageOf(error)}`);
  }
}

async function holdsHook(client: HookClient, { path }: Layer, { effects: { files } }: DoctorContext) {
  if (await files.stat(path) === undefined) return false;
  const { text } = await readSettings(files, path);
  const settings = { what: `settings "${path}"`, text, client, contract: CONTRACTS[client] };
  return planRemoval(settings).removed.length > 0;
}
