import { invalidInput } from "../errors/mod.ts";
import { demandIdentity } from "../tokens/mint.ts";
import { parseIntent } from "../intent/parse.ts";
import { parsePolicy } from "../policy/parse.ts";
import { approveScript } from "../gate/script/approve.ts";
import { putEntry } from "../gate/script/registry.ts";
import { trim } from "../formats/text.ts";
import { loadSigningKey } from "../signing/mod.ts";
import { blankText, defineCommand, list } from "./define.ts";
import { duration } from "./duration_flag.ts";
import { keepInputs, noteReads } from "./inputs.ts";
import { keySources, mintKeyFlags } from "./key_flags.ts";
import { compact, success } from "./outcome.ts";
import { pathArgument } from "../formats/shell.ts";
import { withMigration } from "./policy/migration.ts";
import { good, keyValueLines, line, nextLines, warn } from "./text.ts";

/** `gait approve-script` (docs/spec/gate.md 6.2). */
export default defineCommand({
  explain:
    "Approves a script of calls beforehand: while the policy and the script stay the same, it runs without being asked for again.",
  flags: {
    policy: blankText("file", "the policy under which the script may run"),
    intent: blankText("file", "the script, as an intent request"),
    registry: blankText("file", "the registry that the approval goes into"),
    approver: blankText("identity", "who approves"),
    "pattern-id": blankText("id", "name of the approval (default: made of the script)"),
    ttl: duration("how long it holds", { default: "168h" }),
    scope: list("list", "remarks on what it is for, separated by commas"),
    ...mintKeyFlags,
  },
  flagsFirst: true,
  needs: { read: true, write: true, env: true },
  examples: [
    "gait approve-script --policy policy.yaml --intent script.json --registry approved.json --approver dana " +
    "--key-mode prod --private-key gait.key",
  ],
  run: ({ flags, effects: given, version }) =>
    withMigration(async () => {
      const { effects, read } = noteReads(given);
      for (const name of ["policy", "intent", "registry", "approver"] as const) {
        if (trim(flags[name]) === "") throw invalidInput(`Missing --${name}`);
      }
      const approver = demandIdentity(flags.approver, "--approver");
      const policy = await parsePolicy(await effects.files.read(flags.policy), flags.policy);
      const intent = await parseIntent(await effects.files.read(flags.intent), `intent "${flags.intent}"`);
      const { key, warnings } = await loadSigningKey(keySources(flags), effects);
      await keepInputs(effects.files, flags.registry, read);
      const entry = await approveScript({
        intent,
        policyDigest: policy.digest,
        approver,
        patternId: flags["pattern-id"],
        scope: flags.scope,
        ttl: Number((flags.ttl + 999_999n) / 1_000_000n),
        now: effects.now(),
        producerVersion: version,
      }, key);
      await putEntry(effects.files, flags.registry, entry);
      return success(
        {
          pattern_id: entry.patternId,
          policy_digest: entry.policyDigest,
          script_hash: entry.scriptHash,
          tool_sequence: [...entry.toolSequence],
          registry_path: flags.registry,
          expires_at: entry.expiresAt,
          ...compact({ warnings: [...warnings] }),
        },
        [
          line(good("approved"), ` by ${entry.approverIdentity} until ${entry.expiresAt}`),
          ...keyValueLines({
            pattern_id: entry.patternId,
            script_hash: entry.scriptHash,
            tools: entry.toolSequence.join(","),
            registry: flags.registry,
          }),
          ...warnings.map((warning) => line(warn("warning"), `: ${warning}`)),
          ...nextLines([
            `gait gate eval --policy ${pathArgument(flags.policy)} --intent ${pathArgument(flags.intent)} ` +
            `--approved-script-registry ${
              pathArgument(flags.registry)
            } --approved-script-public-key <public.key>`,
          ]),
        ],
      );
    }),
});
