import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AnyCommand,
  bool,
  choice,
  defineCommand,
  list,
  names,
  path,
  paths,
  required,
  text,
} from "../commands/define.ts";
import { success } from "../commands/outcome.ts";
import { GaitError } from "../errors/mod.ts";
import { trim } from "../formats/text.ts";
import { COMMON_FLAGS, parseArguments } from "./parse.ts";

function command(parts: Partial<AnyCommand> = {}): AnyCommand {
  return defineCommand({
    explain: "",
    needs: {},
    flags: {
      input: path("file", ""),
      mode: text("mode", "", { default: "soft" }),
      force: bool(""),
      deep: bool(""),
    },
    positionals: ["[files...]"],
    run: () => Promise.resolve(success({}, [])),
    ...parts,
  });
}

const parse = (...args: string[]) => parseArguments(command(), args);

function refuses(args: string[], of: AnyCommand = command()): GaitError {
  try {
    parseArguments(of, args);
  } catch (error) {
    assert(error instanceof GaitError);
    assert.equal(error.code, "invalid_input");
    return error;
  }
  throw new assert.AssertionError({ message: `accepted ${JSON.stringify(args)}` });
}

const DEFAULTS = {
  input: undefined,
  mode: "soft",
  force: false,
  deep: false,
  json: false,
  explain: false,
  help: false,
};

Deno.test("parseArguments() gives every flag its default", () => {
  assert.deepEqual(parse(), { flags: DEFAULTS, positionals: [] });
});

Deno.test("parseArguments() takes flags and positionals in any order", () => {
  const { flags, positionals } = parse("a", "--input", "x", "b", "--force", "c");
  assert.deepEqual([flags.input, flags.force, positionals], ["x", true, ["a", "b", "c"]]);
});

Deno.test("parseArguments() refuses a line without a required flag, and names each that is missing", () => {
  const strict = command({
    flags: { key: required(path("file", "")), scope: required(list("list", "")), out: path("file", "") },
  });
  const line = ["--key", "k", "--scope", "a,b"];
  assert.deepEqual(parseArguments(strict, line).flags.scope, ["a", "b"]);
  assert.match(refuses([], strict).message, /--key <file>.*--scope <list>/);
  assert.doesNotMatch(refuses([], strict).message, /--out/);
  const worded = command({ flags: { kind: required(choice("name", "", ["cat", "dog"])) } });
  assert.match(refuses([], worded).message, /--kind <cat\|dog>$/);
  for (const blank of ["", " ", "\t"]) {
    refuses(["--key", blank, "--scope", "a"], strict);
    refuses(["--key", "k", "--scope", blank], strict);
  }
  assert.equal(parseArguments(strict, ["--help"]).flags.help, true);
});

Deno.test("parseArguments() reads one dash as two, and = as a blank", () => {
  for (const args of [["-input", "x"], ["--input", "x"], ["-input=x"], ["--input=x"]]) {
    assert.equal(parse(...args).flags.input, "x");
  }
  assert.equal(parse("--input=a=b").flags.input, "a=b");
  assert.equal(parse("--input=").flags.input, undefined);
  assert.equal(parse("--input", "").flags.input, undefined);
  for (const args of [["--mode="], ["--mode", " "]]) refuses(args);
});

Deno.test("parseArguments() gives a value flag the next token, whatever it is", () => {
  for (const token of ["--json", "-", "--", "-x", "--input", "---"]) {
    const { flags, positionals } = parse("--input", token);
    assert.deepEqual([flags.input, flags.json, positionals], [token, false, []]);
  }
});

Deno.test("parseArguments() never gives a boolean the next token", () => {
  const { flags, positionals } = parse("--force", "false");
  assert.deepEqual([flags.force, positionals], [true, ["false"]]);
});

Deno.test("parseArguments() knows the booleans of Go and no others", () => {
  for (const word of ["1", "t", "T", "true", "TRUE", "True"]) {
    assert.equal(parse(`--force=${word}`).flags.force, true);
  }
  for (const word of ["0", "f", "F", "false", "FALSE", "False"]) {
    assert.equal(parse("--force", `--force=${word}`).flags.force, false);
  }
  for (const word of ["", "yes", "no", "tRUE", "2", " true", "on"]) refuses([`--force=${word}`]);
});

Deno.test("parseArguments() reads the last value of a flag alone, and none beside --help", () => {
  const of = command({
    flags: { profile: choice("name", "", ["soft", "hard"]), tool: names("name", "") },
  });
  assert.equal(parseArguments(of, ["--profile", "x", "--profile=hard"]).flags.profile, "hard");
  assert.deepEqual(parseArguments(of, ["--tool", "a", "--tool", "b"]).flags.tool, ["a", "b"]);
  refuses(["--profile", "hard", "--profile", "x"], of);
  refuses(["--tool", "a,", "--tool", "b"], of);
  assert.equal(parseArguments(of, ["--profile", "x", "--help"]).flags.help, true);
});

Deno.test("parseArguments() lets the last of a repeated flag count", () => {
  const { flags } = parse("--input", "a", "-input=b", "--input", "c", "--force", "--force=0");
  assert.deepEqual([flags.input, flags.force], ["c", false]);
});

Deno.test("parseArguments() takes a lone dash for a positional", () => {
  assert.deepEqual(parse("-", "--force", "-").positionals, ["-", "-"]);
});

Deno.test("parseArguments() protects everything behind --", () => {
  const { flags, positionals } = parse("a", "--", "--json", "-x", "--", "---", "--explain");
  assert.deepEqual([flags.json, positionals], [false, ["a", "--json", "-x", "--", "---", "--explain"]]);
});

Deno.test("parseArguments() refuses unknown, empty and three-dashed flags", () => {
  for (
    const flag of [
      "--bogus",
      "-b",
      "-h",
      "---json",
      "---",
      "--=x",
      "-=x",
      "--JSON",
      "--Input=x",
      "-rf",
      "-- ",
    ]
  ) {
    refuses([flag]);
  }
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) refuses([`--${name}=1`]);
});

Deno.test("parseArguments() refuses --explain with a value", () => {
  for (const flag of ["--explain=true", "-explain=1", "--explain="]) refuses([flag]);
});

Deno.test("parseArguments() refuses a missing value", () => {
  refuses(["--input"]);
  refuses(["a", "--force", "-mode"]);
});

Deno.test("parseArguments() says which flag was meant", () => {
  assert.match(refuses(["--inptu=x"]).hint!, /--input\b/);
  assert.match(refuses(["-froce"]).hint!, /--force\b/);
});

Deno.test("parseArguments() names surplus arguments before flags that are missing, whose values they may be", () => {
  const needy = command({
    flags: { id: required(text("id", "")), note: text("text", "") },
    positionals: [],
  });
  const one = refuses(["nightly"], needy);
  assert.match(one.message, /"nightly"/);
  assert.match(one.hint!, /--id nightly$/);
  const two = refuses(["a", "$(b)"], needy);
  assert.match(two.message, /"a".*"\$\(b\)"/);
  // Which of them is the value of the missing flag can't be told.
  assert.match(two.hint!, /--id <id>/);
  assert.doesNotMatch(two.hint!, /--id a/);
  assert.match(refuses(["$(b)"], needy).hint!, /--id '\$\(b\)'$/);
  assert.match(refuses([], needy).message, /--id <id>/);
  assert.equal(refuses(["--id", "a", "b"], needy).hint, undefined);
});

Deno.test("parseArguments() says how the value of a switch is written", () => {
  const none = command({ positionals: [] });
  for (const value of ["true", "false"]) {
    assert.match(refuses(["--force", value], none).hint!, RegExp(`=${value}$`));
  }
  assert.equal(refuses(["--force", "x"], none).hint, undefined);
});

Deno.test("parseArguments() counts positionals, but not when help is asked for", () => {
  const two = command({ positionals: ["<left>", "[right]"] });
  refuses([], two);
  refuses(["--json"], two);
  assert.deepEqual(parseArguments(two, ["a"]).positionals, ["a"]);
  assert.deepEqual(parseArguments(two, ["a", "b"]).positionals, ["a", "b"]);
  refuses(["a", "b", "c"], two);
  refuses(["a"], command({ positionals: [] }));
  assert.equal(parseArguments(two, ["--help"]).flags.help, true);
  refuses(["--help", "--bogus"], two); // flags are still checked
});

Deno.test("parseArguments() ends the flags at the first positional where the command says so", () => {
  const first = command({ flagsFirst: true });
  const { flags, positionals } = parseArguments(first, ["--force", "a", "--json", "-x"]);
  assert.deepEqual([flags.force, flags.json, positionals], [true, false, ["a", "--json", "-x"]]);
});

Deno.test("parseArguments() gets back every set of flags that was written down, in any spelling and order", () => {
  const names = fc.constantFrom("input", "mode");
  // A blank value is another matter: it is not given, or refused.
  const value = fc.oneof(fc.string(), fc.constantFrom("-", "--", "--json", "-force=1", "=", "a=b"))
    .filter((text) => trim(text) !== "");
  const given = fc.record({
    texts: fc.dictionary(names, value, { noNullPrototype: true }),
    bools: fc.dictionary(fc.constantFrom("force", "deep", "json"), fc.boolean(), { noNullPrototype: true }),
    plain: fc.array(fc.string().filter((word) => word === "-" || !word.startsWith("-"))),
    behind: fc.array(fc.string()),
    spelling: fc.infiniteStream(fc.nat({ max: 11 })),
  });
  fc.assert(fc.property(given, ({ texts, bools, plain, behind, spelling }) => {
    const next = () => spelling.next().value!;
    const flags = [
      ...Object.entries(texts).map(([name, value]) => {
        const dashed = (next() % 2 === 0 ? "-" : "--") + name;
        return next() % 2 === 0 ? [dashed, value] : [`${dashed}=${value}`];
      }),
      ...Object.entries(bools).map(([name, value]) => {
        const words = value
          ? ["1", "t", "T", "true", "TRUE", "True"]
          : ["0", "f", "F", "false", "FALSE", "False"];
        return [`--${name}=${words[next() % 6]}`];
      }),
    ];
    const args: string[] = [];
    const words = [...plain];
    while (flags.length > 0 || words.length > 0) {
      const flag = flags.length > 0 && (words.length === 0 || next() % 2 === 0);
      args.push(...flag ? flags.splice(next() % flags.length, 1)[0]! : [words.shift()!]);
    }
    const parsed = parse(...args, "--", ...behind);
    assert.deepEqual(parsed, {
      flags: { ...DEFAULTS, ...texts, ...bools },
      positionals: [...plain, ...behind],
    });
  }));
});

Deno.test("COMMON_FLAGS are known to a command without flags", () => {
  const bare = command({ flags: {} });
  for (const name of Object.keys(COMMON_FLAGS).filter((name) => name !== "explain")) {
    assert.equal(parseArguments(bare, [`--${name}`]).flags[name], true);
  }
});

Deno.test("parseArguments() writes the paths of Windows with slashes, and leaves every other value alone", () => {
  const copy = defineCommand({
    explain: "Copies.",
    flags: {
      out: path("file", "where to"),
      from: paths("files", "where from"),
      note: text("text", "what for"),
    },
    positionals: [{ name: "<run_id|path...>", path: "run" }],
    needs: {},
    run: () => Promise.reject(new Error("not run")),
  });
  const args = ["a\\b.zip", "c\\d.zip", "--out", "x\\y", "--from=a\\b,c\\d", "--note=x\\y"];
  const { flags, positionals } = parseArguments(copy, args, "windows");
  assert.deepEqual(positionals, ["a/b.zip", "c/d.zip"]);
  assert.equal(flags.out, "x/y");
  assert.deepEqual(flags.from, ["a/b", "c/d"]);
  assert.equal(flags.note, "x\\y");
  assert.equal(parseArguments(copy, args, "posix").flags.out, "x\\y");
  assert.deepEqual(parseArguments(copy, args, "posix").positionals, args.slice(0, 2));
});

Deno.test("a flag with the dashes of a word processor, too many of them, or its value inside, is told how to be written", () => {
  for (const dash of ["\u2014", "\u2013", "\u2212", "\u2013-", "\u2014\u2014"]) {
    const error = refuses([`${dash}input`, "x"]);
    assert.match(error.message, /long dash/);
    assert.equal(error.hint, "Write two short ones: --input");
    assert.equal(refuses([`${dash}input=x`]).hint, "Write two short ones: --input=x");
    assert.deepEqual(parse(`${dash}notes`).positionals, [`${dash}notes`]);
    assert.deepEqual(parse("--", `${dash}input`).positionals, [`${dash}input`]);
  }
  assert.equal(refuses(["---input", "x"]).hint, "Write --input");
  assert.equal(refuses(["----input=x"]).hint, "Write --input=x");
  assert.match(refuses(["--input x"]).hint ?? "", /two words.*--input <value>/);
});

Deno.test("a word of another program for a flag is told the flag of this one", () => {
  const flags = {
    "public-key": path("file", ""),
    "private-key": path("file", ""),
    listen: text("address", ""),
  };
  const other = command({ flags });
  assert.equal(refuses(["--key", "k"], other).hint, "Did you mean --public-key or --private-key?");
  assert.equal(refuses(["--port=80"], other).hint, "Did you mean --listen?");
  assert.doesNotMatch(refuses(["--port=80"]).hint ?? "", /--listen/);
});

Deno.test("a file is not taken for the value of a missing flag that takes none", () => {
  const who = command({ flags: { who: required(text("identity", "")) }, positionals: [] });
  assert.equal(refuses(["mia"], who).hint, "Write it as --who mia");
  for (const file of ["trace.json", "./x", "a/b"]) {
    assert.equal(refuses([file], who).hint, "Name each by its flag; --who <identity> is required");
  }
  const where = command({ flags: { from: required(path("file", "")) }, positionals: [] });
  assert.equal(refuses(["trace.json"], where).hint, "Write it as --from trace.json");
});
