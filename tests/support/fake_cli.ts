import type { CliContext } from "../../lib/cli/dispatch.ts";
import { type AnyCommand, bool, choice, defineCommand, path, text } from "../../lib/commands/define.ts";
import type { HotEntry } from "../../lib/commands/hot.ts";
import { success } from "../../lib/commands/outcome.ts";
import type { Entry, Goal } from "../../lib/commands/table.ts";
import type { Needs } from "../../lib/effects/mod.ts";
import type { JsonObject } from "../../lib/formats/json/mod.ts";
import { type FakeEffects, fakeEffects } from "./fake_effects.ts";

/** The flags as a JSON object has them: without those that are not given. */
function plain(flags: Record<string, unknown>): JsonObject {
  return JSON.parse(JSON.stringify(flags));
}

/** One line of a table with a command that stands ready. */
export function entry(name: string, parts: Partial<AnyCommand> = {}, goal: Goal = "Start here"): Entry {
  const command = defineCommand({
    explain: `Explains ${name}.`,
    flags: {},
    needs: {},
    run: ({ flags, positionals }) =>
      Promise.resolve(success({ command: name, flags: plain(flags), positionals: [...positionals] }, [])),
    ...parts,
  });
  return { name, summary: `Summary of ${name}`, goal, load: () => Promise.resolve({ default: command }) };
}

/** A table with a command of every shape: alone, in a group, in a group inside a group, beside its own group. */
export const FAKE_TABLE: readonly Entry[] = [
  { ...entry("demo"), milestone: "A1" },
  {
    ...entry("verify", {
      positionals: [{ name: "<run_id|path>", path: "run" }],
      flags: {
        profile: choice("profile", "how strict", ["standard", "strict"], { default: "standard" }),
        "public-key": path("file", "the key"),
        "public-key-env": text("variable", "variable of the key"),
        quick: bool("less work"),
      },
      needs: { read: true, env: true },
      examples: ["gait verify run_demo"],
    }, "Prove what happened"),
    milestone: "A2",
  },
  entry("verify chain", { flags: { run: path("run_id|path", "the run") } }, "Prove what happened"),
  entry("run record", {
    positionals: [{ name: "[input.json]", path: "file" }],
    flags: { input: path("file", "the run"), "out-dir": path("folder", "target", { default: "./gait-out" }) },
    needs: { read: true, write: true },
  }, "Prove what happened"),
  entry(
    "run diff",
    { positionals: [{ name: "<left>", path: "run" }, { name: "<right>", path: "run" }] },
    "Prove what happened",
  ),
  {
    ...entry("regress init", { positionals: [{ name: "<path...>", path: "file" }] }, "Never again"),
    milestone: "A3",
  },
  entry("keys init", {}, "Keys and trust"),
  entry("keys trust add", { positionals: [{ name: "<public.key>", path: "file" }] }, "Keys and trust"),
  entry("keys trust list", {}, "Keys and trust"),
  entry("version", {
    run: ({ version }) => Promise.resolve(success({ version }, [[{ text: `gait ${version}` }]])),
  }),
];

/** A command-line context that records output and permission changes. */
export interface FakeCli extends CliContext {
  readonly effects: FakeEffects;
  readonly printed: { out: string; err: string };
  /** What happened, in order: `narrow …` and what a test adds. */
  readonly happened: string[];
}

/** Create a fake command-line context. */
export function fakeCli(
  { table = FAKE_TABLE, hot = [], effects = fakeEffects() }: {
    table?: readonly Entry[];
    hot?: readonly HotEntry[];
    effects?: FakeEffects;
  } = {},
): FakeCli {
  const printed = { out: "", err: "" };
  const happened: string[] = [];
  return {
    hot,
    table: () => Promise.resolve(table),
    effects,
    version: "1.2.3",
    console: {
      out: (text) => void (printed.out += text),
      err: (text) => void (printed.err += text),
      colour: false,
      colourErrors: false,
      width: Infinity,
    },
    narrow: (needs: Needs) => void happened.push(`narrow ${Object.keys(needs).sort().join(" ")}`.trim()),
    printed,
    happened,
  };
}
