import assert from "node:assert/strict";
import { dispatch } from "../../cli/dispatch.ts";
import { type Effects, systemEffects } from "../../effects/mod.ts";
import { MAX_CONVERSATION_BYTES } from "../../conversation/input.ts";
import { FORMATS } from "../../conversation/transcript.ts";
import { utf8 } from "../../formats/bytes.ts";
import { writeZip } from "../../formats/zip/write.ts";
import { inFolder } from "../../../tests/support/folder.ts";

const samples = `${import.meta.dirname}/../../../testdata/conversations/`;

const TABLE = [{
  name: "run import",
  summary: "",
  goal: "Prove what happened",
  load: () => import("./import.ts"),
}] as const;

async function runImport(args: string[], changes: Partial<Effects> = {}) {
  let out = "";
  const code = await dispatch(["run", "import", ...args], {
    hot: [],
    table: () => Promise.resolve(TABLE),
    effects: { ...systemEffects(), ...changes },
    console: {
      out: (text) => void (out += text),
      err: () => {},
      colour: false,
      colourErrors: false,
      width: Infinity,
    },
    version: "1.2.3",
    narrow: () => {},
  });
  return { code, out, json: () => JSON.parse(out) };
}

const namesIn = async (folder: string) => {
  const names = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.sort();
};

Deno.test("gait run import reports what it made of every conversation", () =>
  inFolder(async (folder) => {
    const { code, json } = await runImport([`${samples}openai.json`, "--out-dir", folder, "--json"]);
    assert.equal(code, 0);
    const { ok, format, runs, skipped } = json();
    assert.deepEqual([ok, format, skipped], [true, "openai", []]);
    const [{ manifest_digest, ticket_footer, skipped: notes, ...run }] = runs;
    assert.deepEqual(run, {
      run_id: "run_59ea1337af6a",
      format: "openai",
      bundle: `${folder}/runpack_run_59ea1337af6a.zip`,
      intents: 5,
      results: 4,
      missing_results: 1,
      errors: 2,
      raw_arguments: ["call_c"],
      signature_status: "missing",
    });
    assert.deepEqual(notes.map(({ position }: { position: string }) => position), [
      "message 9",
      "message 10",
    ]);
    assert.ok(ticket_footer.includes(manifest_digest));
    assert.equal((await Deno.stat(run.bundle)).mode! & 0o777, 0o600);
  }));

Deno.test("gait run import writes a runpack for each conversation", () =>
  inFolder(async (folder) => {
    const { code } = await runImport([
      `${samples}batch.jsonl`,
      "--out-dir",
      `${folder}/new`,
      "--run-id",
      " day ",
    ]);
    assert.equal(code, 0);
    assert.deepEqual(await namesIn(`${folder}/new`), [1, 2, 3].map((n) => `runpack_day_${n}.zip`));
  }));

Deno.test("gait run import reads standard input", () =>
  inFolder(async (folder) => {
    const readStdin = () => Promise.resolve(utf8('[{"role":"user","content":"hello"}]'));
    const { code, json } = await runImport(["-", "--out-dir", folder, "--json"], { readStdin });
    assert.equal(code, 0);
    assert.equal(json().runs[0].intents, 0);
  }));

Deno.test("gait run import asks for 256 MiB at most", async () => {
  const limits: (number | undefined)[] = [];
  const { files } = systemEffects();
  const empty = (limit?: number) => {
    limits.push(limit);
    return Promise.resolve(utf8(""));
  };
  await runImport(["-"], { readStdin: empty });
  await runImport(["chat.json"], { files: { ...files, read: (_, limit) => empty(limit) } });
  assert.deepEqual(limits, [MAX_CONVERSATION_BYTES, MAX_CONVERSATION_BYTES]);
  assert.equal(MAX_CONVERSATION_BYTES, 256 * 1024 * 1024);
});

Deno.test("gait run import signs when a key flag asks for it", () =>
  inFolder(async (folder) => {
    const { json } = await runImport([
      `${samples}openai.json`,
      "--out-dir",
      folder,
      "--key-mode",
      "dev",
      "--json",
    ]);
    assert.equal(json().runs[0].signature_status, "signed");
    assert.match(json().runs[0].signature_key_id, /^[0-9a-f]{64}$/);
    assert.equal(json().warnings.length, 1);
  }));

Deno.test("gait run import leaves out a ticket footer that can't carry the run id", () =>
  inFolder(async (folder) => {
    const { code, json } = await runImport([
      `${samples}openai.json`,
      "--out-dir",
      folder,
      "--run-id",
      "a b",
      "--json",
    ]);
    assert.equal(code, 0);
    assert.equal("ticket_footer" in json().runs[0], false);
    assert.equal(json().warnings.length, 1);
  }));

Deno.test("gait run import writes nothing when anything is wrong", () =>
  inFolder(async (folder) => {
    const out = `${folder}/out`;
    await Deno.writeTextFile(`${folder}/bad.json`, '[[{"role":"user","content":"hello"}], []]');
    await Deno.writeTextFile(`${folder}/none.json`, "[]");
    const cases = [
      [`${folder}/bad.json`],
      [`${folder}/none.json`],
      [`${folder}/missing.json`],
      [folder],
      [`${samples}openai.json`, "--format", "OpenAI"],
      [`${samples}openai.json`, "--format", "otel"],
      [`${samples}openai.json`, "--capture-mode", "all"],
      [`${samples}openai.json`, "--capture-mode", " raw"],
      [`${samples}openai.json`, "--run-id", "../up"],
      [`${samples}openai.json`, "--key-mode", "prod"],
    ];
    for (const args of cases) {
      const { code, json } = await runImport([...args, "--out-dir", out, "--json"]);
      assert.deepEqual([code, json().ok, json().error_code], [6, false, "invalid_input"], args.join(" "));
      await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
    }
    for (const outDir of ["", " ", "../elsewhere", "/", "a\nb"]) {
      const { code } = await runImport([`${samples}openai.json`, "--out-dir", outDir, "--json"]);
      assert.equal(code, 6, outDir);
    }
  }));

Deno.test("gait run import escapes what the input says before it reaches a terminal", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/evil.json`,
      JSON.stringify([
        { role: "assistant", tool_calls: [{ id: "a", function: { name: "t", arguments: "{}" } }] },
        { role: "\u001b[2J" },
        { role: "tool", tool_call_id: "\u001b[31m" },
      ]),
    );
    const { code, out } = await runImport([`${folder}/evil.json`, "--out-dir", folder]);
    assert.equal(code, 0);
    assert.ok(!out.includes("\u001b"));
  }));

Deno.test("gait run import reads folders, gzip and several files, and lists what is no log", () =>
  inFolder(async (folder) => {
    const use = (name: string) =>
      JSON.stringify([{ role: "assistant", content: [{ type: "tool_use", id: "a", name, input: {} }] }]);
    const gzip = new Blob([use("zipped")]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.mkdir(`${folder}/logs/sub`, { recursive: true });
    await Deno.writeTextFile(`${folder}/logs/a.json`, use("plain"));
    await Deno.writeTextFile(`${folder}/logs/README.md`, "# no log");
    await Deno.writeTextFile(`${folder}/logs/sub/package.json`, '{"name":"x","type":"module"}');
    await Deno.writeFile(
      `${folder}/logs/sub/b.json.gz`,
      new Uint8Array(await new Response(gzip).arrayBuffer()),
    );
    await Deno.writeTextFile(`${folder}/c.json`, use("named"));
    const args = [`${folder}/logs`, `${folder}/c.json`, "--out-dir", `${folder}/out`, "--json"];
    const { code, json } = await runImport(args);
    assert.equal(code, 0);
    const { runs, skipped } = json();
    assert.deepEqual(
      runs.map(({ intents, format }: { intents: number; format: string }) => [intents, format]),
      [
        [1, "anthropic"],
        [1, "anthropic"],
        [1, "anthropic"],
      ],
    );
    assert.deepEqual(
      skipped.map(({ position }: { position: string }) => position.split("/").at(-1)),
      ['README.md"', 'package.json"'],
    );

    await Deno.writeTextFile(`${folder}/logs/torn.json`, use("torn").slice(0, -3));
    await Deno.remove(`${folder}/out`, { recursive: true });
    assert.equal((await runImport(args)).code, 6);
    await Deno.writeTextFile(`${folder}/c.json.gz`, "\x1f\x8bno gzip");
    assert.equal((await runImport([`${folder}/c.json.gz`])).code, 6);
  }));

Deno.test("gait run import --list-formats names every format and needs no file", async () => {
  const { code, json } = await runImport(["--list-formats", "--json"]);
  assert.equal(code, 0);
  assert.deepEqual(json().formats.map(({ name }: { name: string }) => name), [...FORMATS]);
  assert.equal((await runImport([])).code, 6);
});

async function gzip(bytes: Uint8Array<ArrayBuffer>) {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

Deno.test("gait run import reads gzip from standard input and entries of a zip file as the plain file", () =>
  inFolder(async (folder) => {
    const plain = await Deno.readFile(`${samples}openai.json`);
    await Deno.writeFile(
      `${folder}/logs.zip`,
      await writeZip([{ name: "chat.json", content: plain }, { name: "notes.txt", content: utf8("notes") }]),
    );
    const expected = (await runImport([`${samples}openai.json`, "--out-dir", `${folder}/a`, "--json"]))
      .json();
    const packed = await gzip(plain);
    const piped = await runImport(["-", "--out-dir", `${folder}/b`, "--json"], {
      readStdin: () => Promise.resolve(packed),
    });
    assert.equal(piped.code, 0);
    assert.equal(piped.json().runs[0].manifest_digest, expected.runs[0].manifest_digest);
    const zipped = await runImport([`${folder}/logs.zip`, "--out-dir", `${folder}/c`, "--json"]);
    assert.equal(zipped.code, 0);
    assert.equal(zipped.json().runs[0].manifest_digest, expected.runs[0].manifest_digest);
    assert.deepEqual(zipped.json().skipped.map(({ position }: { position: string }) => position), [
      `"${folder}/logs.zip", entry "notes.txt"`,
    ]);
  }));

Deno.test("gait run import refuses an archive with calls that can't be read, and writes nothing", () =>
  inFolder(async (folder) => {
    const calls = utf8('{"messages":[{"role":"assistant","tool_calls":[{"function":"pay"}]}]}');
    await Deno.writeFile(
      `${folder}/logs.zip`,
      await writeZip([
        { name: "a.json", content: await Deno.readFile(`${samples}openai.json`) },
        { name: "b.json", content: calls },
      ]),
    );
    const { code } = await runImport([`${folder}/logs.zip`, "--out-dir", `${folder}/out`, "--json"]);
    assert.equal(code, 6);
    assert.deepEqual(await namesIn(folder), ["logs.zip"]);
  }));

Deno.test("a long log is read from its file, through a link too, as from standard input", () =>
  inFolder(async (folder) => {
    const asking = (i: number) =>
      JSON.stringify({
        role: "assistant",
        tool_calls: [{ id: `c${i}`, function: { name: "pay", arguments: `{"pad":"${"x".repeat(200)}"}` } }],
      });
    const text = Array.from({ length: 6000 }, (_, i) => asking(i) + "\n").join("");
    await Deno.writeTextFile(`${folder}/log.jsonl`, text);
    await Deno.symlink("log.jsonl", `${folder}/link.jsonl`);
    const digests = [];
    for (const name of ["log.jsonl", "link.jsonl", "-"]) {
      const out = `${folder}/${name}.out`;
      const effects = systemEffects();
      const { code, json } = await runImport([
        name === "-" ? name : `${folder}/${name}`,
        "--out-dir",
        out,
        "--json",
      ], { ...effects, readStdin: () => Promise.resolve(utf8(text)) });
      assert.equal(code, 0);
      assert.equal(json().runs[0].intents, 6000);
      digests.push(json().runs[0].manifest_digest);
    }
    assert.equal(new Set(digests).size, 1);
    // A long log can't be replaced by its runpack.
    const { run_id: id } = (await runImport([`${folder}/log.jsonl`, "--out-dir", `${folder}/o`, "--json"]))
      .json().runs[0];
    await Deno.rename(`${folder}/log.jsonl`, `${folder}/runpack_${id}.zip`);
    const { code } = await runImport([`${folder}/runpack_${id}.zip`, "--out-dir", folder, "--force"]);
    assert.equal(code, 6);
    assert.equal(await Deno.readTextFile(`${folder}/runpack_${id}.zip`), text);
  }));
