/** Hostile configuration, what doctor reads, and manifests and names of the registry. */
import { parseDefaults } from "../../lib/config/parse.ts";
import { setConfigKey } from "../../lib/config/edit.ts";
import { readLeniently } from "../../lib/config/lenient.ts";
import { adoptionReport } from "../../lib/doctor/adoption/report.ts";
import { artifactsFault } from "../../lib/registry/artifacts.ts";
import { readManifest } from "../../lib/registry/manifest.ts";
import { nameFault } from "../../lib/registry/pack_name.ts";
import { parseSource } from "../../lib/registry/source.ts";
import { utf8 } from "../../lib/formats/bytes.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { unsignedPack } from "../support/registry.ts";
import { json, type Readers, SHA, T, what } from "./hostile_reader.ts";
import { list } from "./log_lines.ts";

export const CONFIGURATION: Readers = {
  "gate defaults": {
    make: (n) => utf8(list(n, (i) => `k${i}: 1\n`).join("")),
    read: (bytes) => parseDefaults(bytes, what),
  },
  "registry manifest: artifacts": {
    make: (n) => json(unsignedPack({ artifacts: list(n, (i) => ({ path: `a/${i}.md`, sha256: SHA })) })),
    read: (bytes) => readManifest(bytes, what),
  },
  "registry manifest: signatures": {
    make: (n) => json(unsignedPack({ signatures: list(n, (i) => ({ alg: "x", key_id: `${i}`, sig: "x" })) })),
    read: (bytes) => readManifest(bytes, what),
  },
  "registry artifacts: paths": {
    make: (n) => list(n, (i) => ({ path: `a/b/c/${i}.md`, sha256: SHA, media_type: "" })),
    read: artifactsFault,
    capped: true,
  },
  "registry names": { make: (n) => "a.".repeat(n), read: nameFault, capped: true },
  "registry sources": { make: (n) => `https://a.test/${"?#/".repeat(n)}`, read: parseSource },
  "registry sources that are files": { make: (n) => "x:/".repeat(n), read: parseSource, capped: true },
  "diagnosed configuration: keys": {
    make: (n) => utf8(`gate:\n${list(n, (i) => `  k${i}: x\n`).join("")}`),
    read: (bytes) => readLeniently(bytes, what),
  },
  "edited configuration: comments": {
    make: (n) => `gate:\n${"  # x\n".repeat(n)}  profile: standard${" ".repeat(n)}# ${"y".repeat(n)}\n`,
    read: (text) => setConfigKey(text, "gate", "profile", "oss-prod"),
  },
  "adoption events": {
    make: (n) =>
      list(n, (i) => ({
        at: parseTime(T),
        command: `c${i}`,
        workflow: "",
        success: i % 2 === 0,
        exitCode: i % 7,
        elapsed: i,
        milestones: ["A1", `m${i}`],
      })),
    read: (events) => adoptionReport(events, { source: what, version: "1" }),
  },
};
