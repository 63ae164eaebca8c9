import { readDefaults } from "../../config/read.ts";
import type { McpServeDefaults, ProjectDefaults, RetentionDefaults } from "../../config/sections.ts";
import { NO_DEFAULTS } from "../../config/sections.ts";
import type { Effects } from "../../effects/mod.ts";
import { invalidInput } from "../../errors/mod.ts";
import { parseDuration } from "../../formats/duration.ts";
import { cleanPath, outputPath } from "../../formats/path.ts";
import { commaList, trim, trimLower } from "../../formats/text.ts";
import { openLiveGate } from "../../gate/live_gate.ts";
import type { GateOptions } from "../../gate/options.ts";
import { openRecords } from "../../gate/open.ts";
import { recoveredWarnings } from "../../gate/trace/recover.ts";
import { loadEnvelope } from "../../gate/load.ts";
import { adapterOf } from "../../mcp/adapters/table.ts";
import { checkEvidencePaths } from "../../mcp/evidence.ts";
import { inputsOf } from "../../mcp/serve/inputs.ts";
import { hookRoutes, refusedHook, refusingHooks } from "../../mcp/hooks/http.ts";
import { checkRetentionFolders } from "../../mcp/serve/retention_folders.ts";
import { routesOf } from "../../mcp/serve/routes.ts";
import { serveCalls } from "../../mcp/serve/service.ts";
import type { ServeOptions } from "../../mcp/serve/settings.ts";
import { isLoopback, type ListenAddress, readListenAddress, writeAddress } from "../../serve/address.ts";
import { LEAST_TOKEN } from "../../serve/bearer.ts";
import { type ClientTokens, clientTokens } from "../../serve/client_tokens.ts";
import { guarded } from "../../serve/guard.ts";
import { SERVE_LIMITS, STOP_PATIENCE } from "../../serve/limits.ts";
import { loadBulkCrypto } from "../../signing/bulk.ts";
import { clientTokensOf } from "./client_token.ts";
import { defineCommand, type FlagValues, trimmed } from "../define.ts";
import { wordOf } from "../flags.ts";
import { GATE_FLAG_OF, gateOptions } from "../gate/flags.ts";
import { compact, served, success } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { good, line, warningLines } from "../text.ts";
import { AUTH_MODES, LISTEN, MAX_REQUEST_BYTES, serveFlags, VERDICT_STATUSES } from "./serve_flags.ts";

type Flags = FlagValues<typeof serveFlags>;

/** `gait mcp serve` (docs/spec/mcp.md section 6). */
export default defineCommand({
  explain:
    "Decides tool calls that are posted over HTTP, and writes the signed trace of each before it answers; executes nothing.",
  positionals: [{ name: "[file]", path: "file" }],
  flags: serveFlags,
  flagOf: GATE_FLAG_OF,
  needs: { read: true, write: true, run: true, env: true, net: true },
  errorFields: { executed: false },
  examples: [
    "gait mcp serve --policy policy.yaml",
    "gait mcp serve policy.yaml --listen 127.0.0.1:0 --auth-mode token --auth-token-env GAIT_TOKEN",
    "gait mcp serve policy.yaml --http-verdict-status strict --pack-dir packs --trace-max-age 720h",
  ],
  run: ({ flags, positionals, effects, version, narrow, announce }) =>
    withMigration(async () => {
      const { files } = effects;
      const defaults = flags["no-config"] ? NO_DEFAULTS : await readDefaults(files, flags.config);
      const policy = flags.policy ?? positionals[0];
      if (flags.policy !== undefined && positionals.length > 0) {
        throw invalidInput(`Unexpected argument "${positionals[0]}"`);
      }
      const options = gateOptions(
        { ...flags, policy, simulate: false, "credential-ref": undefined },
        defaults.gate,
      );
      if (options.broker?.kind !== "command") narrow({ read: true, write: true, env: true, net: true });
      const address = listenAddress(flags, defaults.mcp_serve);
      const bearer = await bearerOf(flags, defaults.mcp_serve, address, effects);
      const { settings, maxBodyBytes } = await settingsOf(flags, defaults, options, effects);
      await checkRetentionFolders(settings, effects);
      const live = await openLiveGate(options, effects, version, { defaultMayPass: true });
      const records = await openRecords(settings.folders.trace, live.gate, {
        ...effects,
        journals: effects.threadedJournals,
      });
      const { hash } = await loadBulkCrypto();
      const hooks = hookRoutes(live, hookPlaces(flags, settings), effects, bearer?.identityOf);
      const service = serveCalls({ live, records, hash }, settings, effects, version);
      const routes = new Map([...routesOf(service, bearer?.identityOf), ...hooks]);
      const answer = refusingHooks(
        guarded({ routes, listenHost: address.host, checkBearer: bearer?.check, maxBodyBytes }),
      );
      const server = await effects.listen({ ...address, ...SERVE_LIMITS, refused: refusedHook }, answer);
      const listen = writeAddress(server);
      const profile = live.gate.profile;
      const warnings = [
        ...live.warnings,
        ...recoveredWarnings(records.recovered),
        ...(bearer?.isShort
          ? [`the token is shorter than ${LEAST_TOKEN} characters, so it can be guessed`]
          : []),
      ];
      await announce(success(
        {
          listen,
          policy: options.policy,
          ...compact({ adapter: settings.adapter.name }),
          profile,
          ...compact({ warnings }),
        },
        [
          line(good("mcp serve"), `: http://${listen} policy=${options.policy} profile=${profile}`),
          ...warningLines(warnings),
        ],
      ));
      await server.stopped;
      await server.close(STOP_PATIENCE);
      await live.close();
      await service.close();
      await records.close();
      return served();
    }),
});

function hookPlaces(flags: Flags, { folders, jobRoot }: ServeOptions) {
  return { traceDir: folders.trace, approvals: flags.approvals, jobRoot };
}

function listenAddress({ listen }: Flags, defaults: McpServeDefaults): ListenAddress {
  return readListenAddress(trim(listen ?? defaults.listen ?? LISTEN));
}

/** The tokens of callers. */
interface CallerTokens extends Pick<ClientTokens, "check"> {
  /** Absent when no token says who shows it. */
  readonly identityOf?: ClientTokens["identityOf"];
  readonly isShort: boolean;
}

/**
 * The tokens that callers may show; `undefined` when none are required.
 *
 * @throws {GaitError} `invalid_input`, also for an address that other machines can reach, with or without a token
 */
async function bearerOf(
  flags: Flags,
  defaults: McpServeDefaults,
  { host }: ListenAddress,
  { env }: Effects,
): Promise<CallerTokens | undefined> {
  const asked = flags["auth-mode"] ?? defaultWord(defaults.auth_mode, "auth_mode", AUTH_MODES);
  const named = commaList(flags["auth-token-env"] ?? defaults.auth_token_env ?? "");
  // Whoever names a token means that callers must show it.
  if (asked === undefined && named.length > 0) {
    throw invalidInput(
      "Cannot use --auth-token-env: the auth mode is off, so no caller would have to show a token",
      {
        hint: "Add --auth-mode token",
      },
    );
  }
  const mode = asked ?? "off";
  if (!isLoopback(host)) {
    throw invalidInput(`Cannot listen on "${host}": it is not a loopback address`, {
      hint: "Listen on 127.0.0.1 with --auth-mode token, and put a proxy with TLS in front of it",
    });
  }
  if (mode === "off") return undefined;
  if (named.length === 0) {
    throw invalidInput(
      "Missing --auth-token-env: auth mode token needs the name of the variable that holds it",
    );
  }
  const tokens = clientTokensOf(named, { env });
  const isNamed = tokens.some(({ identity }) => identity !== undefined);
  const { check, identityOf } = await clientTokens(tokens);
  return {
    check,
    ...(isNamed ? { identityOf } : {}),
    isShort: tokens.some(({ token }) => token.length < LEAST_TOKEN),
  };
}

/** Read the settings of the server, create its folders and check its files, once at the start. */
async function settingsOf(
  flags: Flags,
  { mcp_serve: defaults, retention }: ProjectDefaults,
  options: GateOptions,
  { files }: Effects,
): Promise<{ settings: ServeOptions; maxBodyBytes: number }> {
  const folder = (given: string | undefined) =>
    given === undefined || trim(given) === "" ? undefined : outputPath(given) as string;
  const folders = {
    trace: folder(flags["trace-dir"])!,
    session: folder(flags["session-dir"])!,
    runpack: folder(flags["runpack-dir"]),
    pack: folder(flags["pack-dir"]),
  };
  const [log, otel] = [trimmed(flags["export-log-out"]), trimmed(flags["export-otel-out"])];
  await checkEvidencePaths({ trace: `${folders.trace}/trace.json`, log, otel }, files);
  const envelopePath = trimmed(flags["context-envelope"]);
  const envelope = envelopePath === undefined ? undefined : await loadEnvelope(envelopePath, files);
  for (const path of Object.values(folders)) if (path !== undefined) await files.makeFolder(path);
  const inputs = [...inputsOf(options), envelopePath, flags.config];
  return {
    maxBodyBytes: flags["max-request-bytes"] ?? defaults.max_request_bytes ?? MAX_REQUEST_BYTES,
    settings: {
      adapter: adapterOf(flags.adapter),
      envelope,
      jobRoot: cleanPath(trim(flags["job-root"])),
      folders,
      log,
      otel,
      retention: {
        trace: {
          maxAge: age(flags["trace-max-age"], retention, "trace_ttl"),
          maxCount: flags["trace-max-count"] ?? 0,
        },
        runpack: { maxAge: flags["runpack-max-age"] ?? 0n, maxCount: flags["runpack-max-count"] ?? 0 },
        pack: { maxAge: flags["pack-max-age"] ?? 0n, maxCount: flags["pack-max-count"] ?? 0 },
        session: {
          maxAge: age(flags["session-max-age"], retention, "session_ttl"),
          maxCount: flags["session-max-count"] ?? 0,
        },
      },
      allowClientPaths: flags["allow-client-artifact-paths"] ||
        (defaults.allow_client_artifact_paths ?? false),
      inputs: inputs.filter((path) => path !== undefined),
      verdictStatus: flags["http-verdict-status"] ??
        defaultWord(defaults.http_verdict_status, "http_verdict_status", VERDICT_STATUSES) ?? "compat",
    },
  };
}

/** The maximum age of a class: from the flag, else from the project defaults. */
function age(
  flag: bigint | undefined,
  retention: RetentionDefaults,
  key: "trace_ttl" | "session_ttl",
): bigint {
  const given = retention[key];
  if (flag !== undefined || given === undefined) return flag ?? 0n;
  const found = parseDuration(given);
  if (found !== undefined && found >= 0n) return found;
  throw invalidInput(`Cannot use project default "retention.${key}": "${given}" is not a duration`);
}

function defaultWord<W extends string>(
  given: string | undefined,
  key: string,
  words: readonly W[],
): W | undefined {
  return given === undefined
    ? undefined
    : wordOf(trimLower(given), `project default "mcp_serve.${key}"`, words);
}
