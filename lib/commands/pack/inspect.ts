import { inspectPack } from "../../pack/inspect.ts";
import { isSound } from "../../pack/verify.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../formats/json/mod.ts";
import { isHexDigest } from "../../signing/mod.ts";
import { defineCommand } from "../define.ts";
import { success } from "../outcome.ts";
import { isVerdict, type Verdict } from "../../schema/verdict.ts";
import { verdictSpan } from "../gate/report.ts";
import { bad, dim, good, type Line, line, MAX_WIDTH, nextLines, warn } from "../text.ts";
import { onePath, packFields, pathFlag } from "./flags.ts";
import { pathArgument } from "../../formats/shell.ts";
import { largest } from "../../formats/lists.ts";

/** `gait pack inspect` (docs/spec/pack.md section 5). */
export default defineCommand({
  explain:
    "Shows the content of a pack, and whether it is intact; a damaged pack is shown as far as it can be read.",
  positionals: [{ name: "[pack]", path: "file" }],
  flags: { path: pathFlag },
  needs: { read: true },
  errorFields: packFields("inspect"),
  examples: ["gait pack inspect gait-out/pack.zip --json"],
  async run({ positionals, flags, effects }) {
    const path = onePath(flags.path, positionals, "the path of a pack");
    const bytes = await effects.files.read(path);
    const { packId, packType, sourceRef, json } = await inspectPack(bytes);
    const integrity = await isSound(bytes);
    return success({
      ...packFields("inspect"),
      path,
      pack_id: packId,
      pack_type: packType,
      source_ref: sourceRef,
      inspect: json,
      integrity_ok: integrity,
    }, [
      line(good("pack inspect ok"), `: pack_id=${packId} type=${packType}`),
      line(dim("  of        "), sourceRef),
      line(
        dim("  integrity "),
        integrity ? good("intact") : bad("damaged: do not trust what is shown"),
      ),
      ...signerLines(json),
      ...payloadLines(json),
      ...decisionLines(json),
      ...(integrity ? [] : nextLines([`gait pack verify ${pathArgument(path)}`])),
    ]);
  },
});

function payloadLines(json: JsonObject): Line[] {
  const payload = Object.entries(json).find(([name]) => name.endsWith("_payload"))?.[1];
  if (!isJsonObject(payload)) return [line(dim("  payload   "), warn("can't be read"))];
  const width = largest(Object.keys(payload).map((name) => name.length));
  return Object.entries(payload).filter(([name]) => !name.startsWith("schema_")).map(([name, value]) =>
    line(dim(`  ${name.padEnd(width)}  `), textOf(value))
  );
}

/** Which keys the pack names; nothing is checked with them here. */
function signerLines({ manifest }: JsonObject): Line[] {
  if (!isJsonObject(manifest)) return [];
  const given = Array.isArray(manifest.signatures) ? manifest.signatures.filter(isJsonObject) : [];
  if (given.length === 0) return [line(dim("  signature "), warn("none: anybody may have made it"))];
  const [first = ""] = given.map(({ key_id: id }) => word(id)).filter(isHexDigest);
  const key = first === "" ? "a key without a usable id" : `key ${first}`;
  const more = given.length === 1 ? "" : ` and ${given.length - 1} more`;
  return [line(dim("  signature "), `names ${key}${more}`, dim(" (gait pack verify says what it is worth)"))];
}

/** What was asked, decided, approved and done, a line a decision. */
function decisionLines({ decisions }: JsonObject): Line[] {
  if (!Array.isArray(decisions)) return [];
  const rows = decisions.filter(isJsonObject);
  const width = (name: string) => Math.min(MAX_WIDTH, largest(rows.map((row) => word(row[name]).length)));
  const [tools, verdicts] = [width("tool_name"), width("verdict")];
  return [
    line(dim("  decisions "), `${rows.length}: asked, decided, approved by, done`),
    ...rows.map((row) =>
      line(
        "    ",
        word(row.tool_name).padEnd(tools),
        "  ",
        isVerdict(word(row.verdict)) ? verdictSpan(word(row.verdict) as Verdict) : warn(word(row.verdict)),
        " ".repeat(Math.max(0, verdicts - word(row.verdict).length) + 2),
        approversOf(row),
        dim(DONE[word(row.done)] ?? ""),
        ...(word(row.done) === "executed" ? [dim(` (${word(row.status)})`)] : []),
      )
    ),
  ];
}

const DONE: Readonly<Record<string, string>> = {
  executed: "executed",
  not_executed: "not executed",
  unknown: "allowed; nobody reported what became of it",
};

function approversOf({ approved_by: approvals }: JsonObject): string {
  const given = Array.isArray(approvals) ? approvals.filter(isJsonObject) : [];
  return given.map(({ approver, reason_code }) => `${word(approver)} (${word(reason_code)})  `).join("");
}

function word(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
