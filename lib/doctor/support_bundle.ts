import { SECTIONS } from "../config/sections.ts";
import { parseDuration } from "../formats/duration.ts";
import { type JsonObject, type JsonValue, prettyJson } from "../formats/json/mod.ts";
import { joinPath } from "../formats/path.ts";
import { writeZip } from "../formats/zip/write.ts";
import type { ConfigState, DoctorContext } from "./check.ts";
import { redact, type Secrets } from "./redact.ts";

/** Configuration keys whose values are from a closed list, so they reveal nothing private. */
const OPEN_WORDS: Readonly<Record<string, readonly string[]>> = {
  "gate.profile": ["standard", "oss-prod"],
  "gate.key_mode": ["dev", "prod"],
  "gate.credential_broker": ["off", "stub", "env", "command"],
  "mcp_serve.auth_mode": ["off", "token"],
  "mcp_serve.http_verdict_status": ["compat", "strict"],
};

const MAX_LISTED = 5000;

/**
 * Information that helps someone else to find a problem: the diagnosis, version and platform, which keys the
 * configuration sets, and names and sizes of Gait's own files. It is built from an allowlist; it never contains the
 * content of a file or the value of a variable (docs/threat_model.md 47).
 */
export async function supportBundle(
  result: JsonObject,
  context: DoctorContext,
): Promise<Uint8Array<ArrayBuffer>> {
  const config = await context.config();
  const secrets = await secretsOf(config, context);
  const { os, arch } = context.effects;
  const entry = (name: string, value: JsonValue) => ({ name, content: prettyJson(clean(value, secrets)) });
  return await writeZip([
    entry("doctor.json", result),
    entry("program.json", { version: context.version, os, arch }),
    entry("config.json", describeConfig(config)),
    entry("files.json", await listFiles(context)),
  ]);
}

/** Everything that a message may quote: values of the configuration and of flags, and paths on this machine. */
async function secretsOf(config: ConfigState, context: DoctorContext): Promise<Secrets> {
  const { effects, workdir } = context;
  const secrets = new Map<string, string>();
  const hide = (text: string | undefined, stand: string) => {
    if (text !== undefined && text.length > 2) secrets.set(text, stand);
  };
  hide(await effects.files.realPath(workdir), "<workdir>");
  hide(effects.home, "<home>");
  for (const name of ["privateKey", "privateKeyEnv", "publicKey", "publicKeyEnv"] as const) {
    hide(context[name], `<${name}>`);
    if (name.endsWith("Env")) hide(effects.env.get(context[name] ?? "")?.trim(), `<value of ${name}>`);
  }
  if (config.state !== "read") return secrets;
  for (const [section, values] of Object.entries(config.defaults)) {
    for (const [key, value] of Object.entries(values as object)) {
      const name = `${section}.${key}`;
      if (typeof value !== "string" || isOpen(name, value)) continue;
      hide(value, `<${name}>`);
      if (key.endsWith("_env")) hide(effects.env.get(value)?.trim(), `<value of ${name}>`);
    }
  }
  for (const { key } of config.unknown) hide(key, "<unknown key>");
  return secrets;
}

/** The keys that are set, with values only if they reveal nothing about this machine. */
function describeConfig(config: ConfigState): JsonObject {
  if (config.state !== "read") return { state: config.state };
  const described: JsonObject = { state: "read", unknown_keys: config.unknown.length };
  for (const section of Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]) {
    described[section] = Object.fromEntries(
      Object.entries(config.defaults[section]).map(([key, value]) => [
        key,
        typeof value !== "string" || isOpen(`${section}.${key}`, value) ? value : "<set>",
      ]),
    );
  }
  return described;
}

function isOpen(name: string, value: string): boolean {
  if (name.startsWith("retention.")) return value.length < 20 && parseDuration(value) !== undefined;
  return OPEN_WORDS[name]?.includes(value) === true;
}

/** Names, sizes and modes below `.gait` and the output folder; links are not followed. */
async function listFiles({ workdir, output, effects: { files } }: DoctorContext): Promise<JsonObject[]> {
  const listed: JsonObject[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    if ((await files.stat(folder))?.kind !== "folder") return;
    for (const name of await files.list(folder)) {
      if (listed.length >= MAX_LISTED) return;
      const path = joinPath(folder, name);
      const info = await files.stat(path);
      if (info === undefined) continue;
      listed.push({ path, kind: info.kind, size: info.size, mode: info.mode.toString(8) });
      if (info.kind === "folder" && depth > 0) await visit(path, depth - 1);
    }
  };
  await visit(joinPath(workdir, ".gait"), 3);
  await visit(output, 3);
  return listed;
}

function clean(value: JsonValue, secrets: Secrets): JsonValue {
  if (typeof value === "string") return redact(value, secrets);
  if (Array.isArray(value)) return value.map((item) => clean(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redact(name, secrets), clean(item, secrets)]),
  );
}
