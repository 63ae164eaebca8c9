import { timeOfMillis } from "../formats/time.ts";
import type { ScriptEntry } from "../gate/script/entry.ts";
import { readRegistry } from "../gate/script/registry.ts";
import { isExpired, isFromFuture } from "../tokens/sealed.ts";
import { defineCommand, path, required } from "./define.ts";
import { compact, success } from "./outcome.ts";
import { pathArgument } from "../formats/shell.ts";
import { columns, dim, good, type Line, line, nextLines, warn } from "./text.ts";

/** `gait list-scripts` (docs/spec/gate.md 6.2). Signatures are not checked: nothing is allowed here. */
export default defineCommand({
  explain: "Lists the approved scripts of a registry, with approver and expiry.",
  flags: { registry: required(path("file", "the registry of approved scripts")) },
  flagsFirst: true,
  needs: { read: true },
  examples: ["gait list-scripts --registry approved_scripts.json"],
  async run({ flags: { registry }, effects }) {
    const now = timeOfMillis(effects.now());
    const listed = (await readRegistry(effects.files, registry)).map((entry) => ({
      entry,
      expired: isExpired(entry, now),
      fromFuture: isFromFuture(entry, now),
    }));
    return success({
      registry,
      ...compact({
        count: listed.length,
        entries: listed.map(describe),
      }),
    }, lines(registry, listed));
  },
});

interface Listed {
  readonly entry: ScriptEntry;
  readonly expired: boolean;
  /** Made later than now, so that it approves nothing. */
  readonly fromFuture: boolean;
}

function describe({ entry, expired, fromFuture }: Listed) {
  return {
    pattern_id: entry.patternId,
    approver_identity: entry.approverIdentity,
    policy_digest: entry.policyDigest,
    script_hash: entry.scriptHash,
    tool_sequence: [...entry.toolSequence],
    ...compact({ scope: [...entry.scope] }),
    expires_at: entry.expiresAt,
    expired,
    ...(fromFuture ? { from_future: true } : {}),
  };
}

function lines(registry: string, listed: readonly Listed[]): Line[] {
  if (listed.length === 0) {
    return [
      line(`no approved scripts in ${registry}`),
      ...nextLines([
        `gait approve-script --policy <policy> --intent <script> --registry ${
          pathArgument(registry)
        } --approver <name>`,
      ]),
    ];
  }
  const rows = listed.map(({ entry, expired, fromFuture }) =>
    [
      entry.patternId,
      {
        text: `by ${entry.approverIdentity}, ${expired ? "expired" : "until"} ${entry.expiresAt}, ${
          fromFuture ? `made in the future (${entry.createdAt}), ` : ""
        }tools ${entry.toolSequence.join(" ")}`,
        ...(expired || fromFuture ? { style: "dim" as const } : {}),
      },
    ] as const
  );
  const expired = listed.filter((item) => item.expired).length;
  return [
    line(
      good(`${listed.length} approved`),
      ` in ${registry}`,
      expired > 0 ? warn(`, ${expired} expired`) : "",
    ),
    ...columns(rows),
    line(dim("Signatures are checked when a script runs: gait gate eval --approved-script-registry <file>")),
  ];
}
