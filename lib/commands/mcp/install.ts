import { invalidInput } from "../../errors/mod.ts";
import { DEFAULT_STATE_PATH } from "../../gate/limits/charge.ts";
import { APPROVALS_FOLDER } from "../../mcp/approvals/folder.ts";
import { planInstall } from "../../mcp/install/plan.ts";
import { writeConfiguration } from "../../mcp/install/write.ts";
import { PINS_FOLDER } from "../../mcp/pins/pin_file.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { checkFlags } from "../check_flags.ts";
import { defineCommand, path, required } from "../define.ts";
import { success } from "../outcome.ts";
import { good, line, warn } from "../text.ts";
import { confirm } from "../confirm.ts";
import { changeLines, clientFlags, encodeChange, loadConfiguration } from "./install_flags.ts";

/** `gait mcp install` (docs/spec/mcp_protection.md 4). */
export default defineCommand({
  explain: "Rewrites the configuration of an MCP client so that its servers run behind gait mcp gateway.",
  positionals: ["[gateway-flag...]"],
  flags: {
    ...clientFlags,
    policy: required(path("file", "the policy that decides the calls")),
    "evidence-dir": path("folder", "folder of traces and packs, with a folder per server", {
      default: "gait-out/mcp-gateway",
    }),
  },
  needs: { read: true, write: true, env: true },
  examples: [
    "gait mcp install --client claude-desktop --policy policy.yaml",
    "gait mcp install --client cursor --policy policy.yaml --server fs --dry-run",
    "gait mcp install --client vscode --policy policy.yaml --yes -- --key-mode prod --private-key /keys/gait.key",
  ],
  async run({ flags, positionals, effects, checkArguments }) {
    const { files } = effects;
    await checkFlags({
      command: "mcp gateway",
      given: positionals,
      own: ["--policy", "--name", "--evidence-dir"],
      checkArguments,
    });
    await parsePolicy(await files.read(flags.policy), flags.policy);
    // Clients start servers in a folder of their own choice.
    const absolute = (given: string) => files.realPath(given);
    const policy = await absolute(flags.policy);
    const evidence = await absolute(flags["evidence-dir"]);
    const shared = [
      ...["--rate-limit-state", await absolute(DEFAULT_STATE_PATH)],
      ...["--pins-dir", await absolute(PINS_FOLDER)],
      ...["--approvals-dir", await absolute(APPROVALS_FOLDER)],
      ...positionals,
    ];
    const { file, configuration } = await loadConfiguration(flags, effects);
    const change = planInstall(configuration, flags.server, {
      program: effects.executable(),
      argumentsOf: (name) => [
        ...["mcp", "gateway", "--policy", policy, "--name", name],
        ...["--evidence-dir", `${evidence}/${name}`],
        ...shared,
      ],
    });
    const json = encodeChange(file.path, change);
    const lines = changeLines(file.path, change);
    const undecided = change.left.filter(({ decided }) => !decided);
    const [first] = undecided;
    if (change.changed.length === 0 && change.unchanged.length === 0 && first) {
      const { name, why } = first;
      throw invalidInput(`Cannot put any server behind the gateway; "${name}": ${why}`, {
        hint: "Change these servers by hand, or name others with --server",
      });
    }
    if (flags["dry-run"] || change.changed.length === 0) {
      return success({ ...json, written: false }, [...lines, line(good("nothing was written"))]);
    }
    if (!flags.yes) await confirm(lines, "Change it?", "give --yes to change the file", effects);
    await writeConfiguration(files, file, change.text, change.original);
    return success({ ...json, written: true, backup: file.backupPath }, [
      ...(flags.yes ? lines : []),
      line(good("installed"), `: restart ${flags.client}; the configuration before: ${file.backupPath}`),
      ...undecided.map(({ name }) => line(warn("warning"), `: calls of "${name}" are not decided`)),
    ]);
  },
});
