import { invalidInput } from "../../errors/mod.ts";
import { utf8 } from "../../formats/bytes.ts";
import { folderOf, outputPath } from "../../formats/path.ts";
import { baseline } from "../../policy/baseline.ts";
import { bool, defineCommand, path } from "../define.ts";
import { success } from "../outcome.ts";
import { pathArgument } from "../../formats/shell.ts";
import { good, line, nextLines } from "../text.ts";

/** `gait policy init` (docs/spec/gate.md 6.1). */
export default defineCommand({
  explain: "Writes a baseline policy for low, medium or high risk; overwrites a file only with --force.",
  positionals: ["<template>"],
  flags: {
    out: path("file", "where the policy goes", { default: "gait.policy.yaml" }),
    force: bool("overwrite an existing file"),
  },
  needs: { read: true, write: true },
  examples: ["gait policy init baseline-highrisk", "gait policy init low --out policy.yaml"],
  async run({ positionals, flags, effects }) {
    const { name, text: content } = baseline(positionals[0]!);
    const path = outputPath(flags.out);
    if (!flags.force && await effects.files.stat(path)) {
      throw invalidInput(`Cannot write policy: "${path}" exists`, {
        hint: "Choose another --out, or give --force",
      });
    }
    await effects.files.makeFolder(folderOf(path));
    await effects.files.writeAtomic(path, utf8(content), { onlyNew: !flags.force });
    const argument = pathArgument(path);
    const next = [`gait policy validate ${argument}`, `gait policy test ${argument} <intent.json>`];
    return success({ template: name, policy_path: path, next_commands: next }, [
      line(good("policy init ok"), `: ${name} -> ${path}`),
      ...nextLines(next),
    ]);
  },
});
