import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { folderOf, joinPath } from "../../formats/path.ts";
import { shellWord } from "../../formats/shell.ts";
import { DEFAULT_STATE_PATH } from "../../gate/limits/charge.ts";
import { CONTRACTS, type HookClient } from "../../mcp/hooks/clients.ts";
import { originalText, planHook } from "../../mcp/hooks/settings.ts";
import { layersOf, switchedOff } from "../../mcp/hooks/layers.ts";
import { demandHooksOn, turnedOff } from "../../mcp/hooks/switches.ts";
import { readSettings, writeSettings } from "../../mcp/hooks/settings_file.ts";
import { APPROVALS_FOLDER } from "../../mcp/approvals/folder.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { checkFlags } from "../check_flags.ts";
import { defineCommand, path, required } from "../define.ts";
import { confirm } from "../confirm.ts";
import { success } from "../outcome.ts";
import { good, line } from "../text.ts";
import { changeLines, clientOf, encodeChange, settingsFlags, settingsPath } from "./install_flags.ts";

/** `gait hook install` (docs/spec/sdk.md 3). */
export default defineCommand({
  explain:
    "Puts the hook into the settings of a coding agent, so that Gait decides each of its tool calls; shows the difference first.",
  positionals: ["<agent>", "[hook-flag...]"],
  flags: {
    ...settingsFlags,
    policy: required(path("file", "the policy that decides the calls")),
    "trace-dir": path("folder", "where the signed traces go", { default: "gait-out/traces" }),
    approvals: path("folder", "where people put approval tokens", { default: APPROVALS_FOLDER }),
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait hook install claude-code --policy policy.yaml",
    "gait hook install cursor --policy policy.yaml --scope user --dry-run",
    "gait hook install claude-code --policy policy.yaml --yes -- --key-mode prod --private-key /keys/gait.key",
  ],
  async run({ flags, positionals, effects, checkArguments }) {
    const { files } = effects;
    const client = clientOf(positionals.slice(0, 1));
    const more = positionals.slice(1);
    await checkFlags({
      command: `hook ${client}`,
      given: more,
      own: ["--policy", "--trace-dir", "--approvals"],
      checkArguments,
    });
    if (more.some((word) => /^--?json(?:=|$)/.test(word))) {
      throw invalidInput('Cannot use "--json" behind --: the agent would not find the answer of the hook', {
        hint: "Leave it out; --answer json answers with the status 0",
      });
    }
    await parsePolicy(await files.read(flags.policy), flags.policy);
    const file = await readSettings(files, settingsPath(client, flags, effects));
    const settings = {
      what: `settings "${file.path}"`,
      text: file.text,
      client,
      contract: CONTRACTS[client],
    };
    demandHooksOn(file.text, settings.what, settings.contract);
    await demandOnElsewhere(client, file.path, flags.scope === "user", effects);
    // Agents start hooks in the folder that they happen to be in.
    const places = await Promise.all(
      [flags.policy, flags["trace-dir"], flags.approvals, DEFAULT_STATE_PATH].map((one) =>
        files.realPath(one)
      ),
    );
    const words = ["--policy", "--trace-dir", "--approvals", "--rate-limit-state"]
      .flatMap((flag, at) => [flag, places[at]!]);
    // Whatever keeps Gait from running at all must also end with the one status that stops the call.
    const command = `${
      [effects.executable(), "hook", client, ...words, ...more].map(shellWord).join(" ")
    } || exit 2`;
    const change = planHook(settings, command);
    const json = encodeChange(file.path, change);
    const lines = changeLines(file.path, change);
    if (flags["dry-run"] || change.added.length === 0) {
      return success({ ...json, written: false }, [...lines, line(good("nothing was written"))]);
    }
    if (!flags.yes) await confirm(lines, "Change it?", "give --yes to change the file", effects);
    const before = file.backup ?? originalText(settings);
    await writeSettings(files, file, change.text, before);
    const undo = before === undefined
      ? `gait hook uninstall ${client} removes the file`
      : `the settings before: ${file.backupPath}`;
    return success({ ...json, written: true, ...(before !== undefined && { backup: file.backupPath }) }, [
      ...(flags.yes ? lines : []),
      line(good("installed"), `: start ${client} again; ${undo}`),
    ]);
  },
});

/** Check that no other settings turn the hook off: those beside these, the user's and the machine's. */
async function demandOnElsewhere(
  client: HookClient,
  path: string,
  isUsers: boolean,
  { files, home, os }: Pick<Effects, "files" | "home" | "os">,
): Promise<void> {
  const siblings = CONTRACTS[client].siblings.map((name) => ({
    path: joinPath(folderOf(path), name),
    managed: false,
  }));
  const layers = [...siblings, ...layersOf(client, { home: isUsers ? undefined : home, os })];
  const ofManaged = layers.some((layer) => layer.managed && layer.path === path);
  const off = await switchedOff(client, layers.filter((layer) => layer.path !== path), files, ofManaged);
  if (off !== undefined) throw turnedOff(`settings "${off.path}"`, off.member);
}
