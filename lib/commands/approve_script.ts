import { parseIntent } from "../intent/parse.ts";
import { parsePolicy } from "../policy/parse.ts";
import { approveScript } from "../gate/script/approve.ts";
import { putEntry } from "../gate/script/registry.ts";
import { loadSigningKey } from "../signing/mod.ts";
import { defineCommand, list, path, required, text } from "./define.ts";
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
    "Approves a script of calls once: while policy and script stay the same, later runs need no approval.",
  flags: {
    policy: required(path("file", "the policy under which the script may run")),
    intent: required(path("file", "the script, as an intent request")),
    registry: required(path("file", "the registry of approved scripts to add it to")),
    approver: required(text("identity", "who approves")),
    "pattern-id": text("id", "id of the approval (default: derived from the script)"),
    ttl: duration("lifetime of the approval", { default: "168h" }),
    scope: list("list", "notes about its purpose, separated by commas"),
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
      const policy = await parsePolicy(await effects.files.read(flags.policy), flags.policy);
      const intent = await parseIntent(await effects.files.read(flags.intent), `intent "${flags.intent}"`);
      const { key, warnings, freshKey } = await loadSigningKey(keySources(flags), effects);
      await keepInputs(effects.files, flags.registry, read);
      const entry = await approveScript(
        {
          intent,
          policyDigest: policy.digest,
          approver: flags.approver,
          patternId: flags["pattern-id"],
          scope: flags.scope,
          ttl: flags.ttl,
        },
        key,
        { now: effects.now(), producerVersion: version },
      );
      await putEntry(effects.files, flags.registry, entry);
      return success(
        {
          pattern_id: entry.patternId,
          policy_digest: entry.policyDigest,
          script_hash: entry.scriptHash,
          tool_sequence: [...entry.toolSequence],
          registry_path: flags.registry,
          expires_at: entry.expiresAt,
          ...compact({ public_key: freshKey, warnings: [...warnings] }),
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
