import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { concat, utf8 } from "../../lib/formats/bytes.ts";
import { canonicalBytes, type JsonObject, readJsonObject } from "../../lib/formats/json/mod.ts";
import { crc32 } from "../../lib/formats/zip/native_crc32.ts";
import { PACK_ENTRY } from "../../lib/schema/pack_layout.ts";
import { argv } from "../support/argv.ts";
import { repository } from "../support/places.ts";
import { jobPackSample, runPackSample } from "../support/sample_packs.ts";
import { packSample, unpack } from "../support/sample_run.ts";
import { buildZip } from "../support/zip_builder.ts";

/*
 * Small archives that unfold to much. How much memory a process holds is measured by the system; what the runtime
 * itself takes is measured by a sound pack.
 */

const MIB = 1 << 20;
const ALLOWED = 256 * MIB;

type Contents = Map<string, Uint8Array>;

/** An archive of contents whose manifest lists them rightly, packed as small as it gets. */
function sealed(contents: Contents, manifestName: string, change = (_manifest: JsonObject) => {}) {
  const manifest = readJsonObject(contents.get(manifestName)!, { what: manifestName });
  const rows = manifestName === PACK_ENTRY.manifest ? "contents" : "files";
  const id = manifestName === PACK_ENTRY.manifest ? "pack_id" : "manifest_digest";
  const files = [...contents].filter(([name]) => name !== manifestName);
  const packed = files.map(([name, content]) => ({
    name,
    method: 8,
    size: content.length,
    crc: crc32(content),
    packed: deflateRawSync(content, { level: 1 }),
    row: { path: name, sha256: hashOf(content), ...(rows === "contents" ? { type: "blob" } : {}) },
  }));
  const document: JsonObject = { ...manifest, [rows]: packed.map(({ row }) => row), [id]: "" };
  delete document.signatures;
  change(document);
  document[id] = hashOf(canonicalBytes(document));
  const bytes = canonicalBytes(document);
  const entry = {
    name: manifestName,
    method: 8,
    size: bytes.length,
    crc: crc32(bytes),
    packed: deflateRawSync(bytes),
  };
  return buildZip([entry, ...packed.map(({ row: _, ...one }) => one)]);
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Content of about so many bytes: a text again and again. */
function repeated(text: string, size: number, around: readonly [string, string] = ["", ""]): Uint8Array {
  const piece = utf8(text);
  const times = Math.floor(size / piece.length);
  const whole = new Uint8Array(piece.length * times);
  whole.set(piece);
  for (let filled = piece.length; filled < whole.length; filled *= 2) whole.copyWithin(filled, 0, filled);
  return concat([utf8(around[0]), whole, utf8(around[1])]);
}

const runPack = async (changes: Record<string, Uint8Array>, change?: (manifest: JsonObject) => void) =>
  sealed(
    new Map([...await unpack(await runPackSample()), ...Object.entries(changes)]),
    PACK_ENTRY.manifest,
    change,
  );
const jobPack = async (changes: Record<string, Uint8Array>) =>
  sealed(new Map([...await unpack(await jobPackSample()), ...Object.entries(changes)]), PACK_ENTRY.manifest);
const runpack = async (changes: Record<string, Uint8Array>, change?: (manifest: JsonObject) => void) =>
  sealed(
    new Map([...await unpack((await packSample()).bytes), ...Object.entries(changes)]),
    "manifest.json",
    change,
  );
const around = async (changes: Record<string, Uint8Array>) =>
  await runPack({ [PACK_ENTRY.runpack]: await runpack(changes) });

const record = (id: string) =>
  `{"args_digest":"","created_at":"2026-01-01T00:00:00Z","intent_id":"${id}","producer_version":"","run_id":"",` +
  `"schema_id":"","schema_version":"","tool_name":""}\n`;
const JOB_EVENT =
  '{"schema_id":"gait.job.event","schema_version":"1.0.0","created_at":"2026-04-01T08:00:00Z","job_id":"job_1","revision":1,"type":"paused"}\n';
const ROW = { path: "q", sha256: "0".repeat(64), type: "blob" };

const PACK_STEPS = ["pack verify", "pack inspect", "pack diff", "pack export --otlp-json"];

const CASES: Record<string, [() => Promise<Uint8Array>, readonly string[]]> = {
  "90 million blank lines of proof records": [
    () => runPack({ [PACK_ENTRY.proof]: repeated("\n", 90 * MIB) }),
    ["pack verify"],
  ],
  "blank lines of Unicode": [() => runPack({ [PACK_ENTRY.proof]: repeated("\u3000\n", 90 * MIB) }), [
    "pack verify",
  ]],
  "proof records of empty objects": [
    () => runPack({ [PACK_ENTRY.proof]: repeated("{},", 9 * MIB, ['{"event":[', "{}]}"]) }),
    ["pack verify"],
  ],
  "six blobs of 100 MiB": [async () => {
    const blob = new Uint8Array(100 * MIB);
    return await runPack(Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`blob${i}.bin`, blob])));
  }, ["pack verify"]],
  "a text of 90 MB in the manifest": [
    () => runPack({}, (manifest) => void (manifest.zzz = "a".repeat(90_000_000))),
    ["pack verify", "pack inspect"],
  ],
  "300,000 rows in the manifest": [
    () =>
      runPack({}, (manifest) => void (manifest.contents as JsonObject[]).push(...Array(100_000).fill(ROW))),
    ["pack verify", "pack diff"],
  ],
  "as many rows as a manifest may have": [
    () =>
      runPack({}, (manifest) => void (manifest.contents as JsonObject[]).push(...Array(36_000).fill(ROW))),
    ["pack verify", "pack diff"],
  ],
  "a manifest of empty arrays": [
    () => runPack({}, (manifest) => void (manifest.zzz = Array(1_300_000).fill([]))),
    ["pack verify"],
  ],
  "a payload of empty arrays": [
    () => runPack({ "run_payload.json": repeated("[],", 99 * MIB, ['{"a":[', "[]]}"]) }),
    ["pack verify", "pack inspect"],
  ],
  "many job events": [
    () => jobPack({ "job_events.jsonl": repeated(JOB_EVENT, 30 * MIB) }),
    ["pack verify"],
  ],
  "a job state of empty objects": [
    () => jobPack({ "job_state.json": repeated("{},", 1.1 * MIB, ['{"checkpoints":[', "{}]}"]) }),
    ["pack verify"],
  ],
  "a runpack inside with refs of 100 MiB": [
    () => around({ "refs.json": repeated("{},", 99 * MIB, ['{"receipts":[', "{}]}"]) }),
    ["pack verify", "pack diff"],
  ],
  "a runpack inside with refs as heavy as they may be": [
    () => around({ "refs.json": repeated("{},", 1.1 * MIB, ['{"receipts":[', "{}]}"]) }),
    PACK_STEPS,
  ],
  "a runpack inside with a timeline of 100 MiB": [
    () => around({ "run.json": repeated("{},", 99 * MIB, ['{"timeline":[', "{}]}"]) }),
    ["pack inspect"],
  ],
  "a runpack inside with intents of 100 MiB": [
    () => around({ "intents.jsonl": repeated(record("i"), 99 * MIB) }),
    ["pack verify", "pack inspect"],
  ],
  "a runpack inside with an intent of empty objects": [
    () => around({ "intents.jsonl": repeated("{},", 9 * MIB, ['{"args":{"a":[', "{}]}}"]) }),
    ["pack inspect"],
  ],
  "a runpack inside with many intents": [
    () =>
      around({ "intents.jsonl": utf8(Array.from({ length: 400_000 }, (_, i) => record(`i${i}`)).join("")) }),
    PACK_STEPS,
  ],
  "a runpack inside of 90 MiB in front of a zip": [
    async () => {
      const inner = await runpack({});
      return await runPack({ [PACK_ENTRY.runpack]: concat([new Uint8Array(90 * MIB), inner]) });
    },
    ["pack verify", "pack inspect", "pack diff"],
  ],
  "a runpack with 100 MiB of intents": [
    () => runpack({ "intents.jsonl": repeated("[[[[", 99 * MIB) }),
    ["verify", "pack verify", "pack inspect", "pack diff"],
  ],
  "a runpack with a manifest of empty arrays": [
    () => runpack({}, (manifest) => void (manifest.zzz = Array(3_000_000).fill([]))),
    ["verify", "pack verify", "pack diff"],
  ],
};

async function measure(step: string, path: string): Promise<{ outcome: string; peak: number }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: argv`run -q --no-check -A ${repository}tests/resources/memory_worker.ts ${step} ${path}`,
  });
  const { code, stdout, stderr } = await command.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** What the runtime itself takes: the peak for a sound pack, measured once. */
let small: Promise<number> | undefined;
async function measureSmall(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "gait-memory-" });
  try {
    await Deno.writeFile(`${folder}/small.zip`, await runPackSample());
    return (await measure("pack verify", `${folder}/small.zip`)).peak;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [name, [make, steps]] of Object.entries(CASES)) {
  Deno.test({
    name: `no more memory than it may for ${name}`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "gait-memory-" });
      try {
        const runtime = await (small ??= measureSmall());
        await Deno.writeFile(`${folder}/big.zip`, await make());
        for (const step of steps) {
          const { outcome, peak } = await measure(step, `${folder}/big.zip`);
          assert.ok(["ok", "invalid_input", "verification_failed"].includes(outcome), `${step}: ${outcome}`);
          assert.ok(peak < runtime + ALLOWED, `${step}: ${Math.round((peak - runtime) / MIB)} MiB`);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
