/** The runner against the one that recorded the cases: both come to the same verdict. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../lib/formats/bytes.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";
import { importCases } from "../../scripts/import_conformance.ts";
import { python } from "../support/python.ts";
import { shared } from "../support/places.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";
import { parseCase, parseExact } from "./case.ts";
import { checkFile } from "./content.ts";
import { expandExpected, mismatch } from "./match.ts";
import { runCase } from "./runner.ts";

const recorder = await shared("conformance/run");
const missing = recorder === undefined ? "../shared is absent" : withoutProgram("python3", "bash");
const PLACES = { work: "/tmp/w+(1)", port: "80" };

/** Makes the functions of the other runner callable, and asks them about all questions of the input. */
const ask = (expression: string) => `
import sys, json, base64, importlib.machinery, importlib.util
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("recorder", ${JSON.stringify(recorder)})
recorder = importlib.util.module_from_spec(importlib.util.spec_from_loader("recorder", loader))
loader.exec_module(recorder)
places = ${JSON.stringify(PLACES)}
json.dump([(${expression}) is None for expected, actual in json.load(sys.stdin)], sys.stdout)
`;

const TEXTS = [
  "a",
  "A",
  "ab",
  "a\n",
  "\n",
  "",
  "~a",
  "~^a$",
  "~(?i)^A$",
  "~.",
  "~b$",
  "~[$]",
  "{work}",
  "~^{work}$",
];
const TEXTS_OF_PLACES = [PLACES.work, `${PLACES.work}\n`, "80", "~", "~{port}", "$"];
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("null", "true", "false", "0", "1", "1.0", "0.5", "9007199254740993", '{"!absent":true}'),
    fc.constantFrom(...TEXTS, ...TEXTS_OF_PLACES).map((text) => JSON.stringify(text)),
    fc.array(tie("json"), { maxLength: 2 }).map((items) => `[${items.join()}]`),
    fc.dictionary(fc.constantFrom("a", "b"), tie("json"), { maxKeys: 2 }).map((members) =>
      `{${Object.entries(members).map(([name, value]) => `"${name}":${value}`).join()}}`
    ),
  ),
}));

testUnless(missing, "mismatch() finds a difference where the recorder of the cases does", async () => {
  // Half of the pairs are of one value, so that many match.
  const pairs = fc.sample(fc.tuple(json, json, fc.boolean()), 4000)
    .map(([expected, other, same]): [string, string] => [expected, same ? expected : other]);
  const question =
    "recorder.mismatch(recorder.escape_regexes(json.loads(expected), places), json.loads(actual))";
  const theirs = await python(ask(question), pairs) as boolean[];
  assert.ok(theirs.filter((matches) => matches).length > 500);
  for (const [i, [expected, actual]] of pairs.entries()) {
    const found = mismatch(expandExpected(parseExact(expected), PLACES), parseExact(actual));
    assert.equal(found === undefined, theirs[i], `${expected} and ${actual}`);
  }
});

const archive = await writeZip([{ name: "a", content: utf8("{}") }, { name: "b", content: utf8("1\n2\n") }]);
const CONTENTS = [
  ...["{}", "1\n2\n", "1\r\n\r\n2", '"\u2028"\n', "\ufeff{}", "a\n", "a", "a\r\n", ""].map(utf8),
  new Uint8Array([0xff]),
  archive,
  archive.slice(0, -1),
  archive.with(archive.length >> 2, 0xff),
  await writeZip([{ name: "a", content: archive }]),
];
const ENTRIES = { a: { json: {} }, b: { jsonl: [1, 2] } };
const EXPECTATIONS = [
  { json: {} },
  { json: 1 },
  { jsonl: [1, 2] },
  { jsonl: [] },
  { text: "a\n" },
  { text: "~^a$" },
  { text: "" },
  { sha256: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" },
  { zip: ENTRIES },
  { zip: { ...ENTRIES, a: { text: "{}" } } },
  { zip: { ...ENTRIES, a: { json: { c: 1 } } } },
  { zip: { a: ENTRIES.a } },
  { zip: { ...ENTRIES, c: {} } },
  { zip: { a: { zip: ENTRIES } } },
];

testUnless(missing, "checkFile() accepts the files that the recorder of the cases accepts", async () => {
  const pairs = EXPECTATIONS.flatMap((expected) => CONTENTS.map((content) => [expected, content] as const));
  const question =
    "recorder.check_content(recorder.escape_regexes(expected, places), base64.b64decode(actual))";
  const asked = pairs.map(([expected, content]) => [expected, content.toBase64()]);
  const theirs = await python(ask(question), asked) as boolean[];
  assert.ok(theirs.filter((matches) => matches).length > 8);
  const path = await Deno.makeTempFile();
  try {
    for (const [i, [expected, content]] of pairs.entries()) {
      await Deno.writeFile(path, content);
      const found = await checkFile(path, expected as Parameters<typeof checkFile>[1], PLACES);
      assert.equal(
        found === undefined,
        theirs[i],
        `${JSON.stringify(expected)} of ${asked[i]![1]}: ${found}`,
      );
    }
  } finally {
    await Deno.remove(path);
  }
});

/** Stands in for the executable: prints, writes, fails or serves what its arguments say. */
const STUB = `#!/usr/bin/env python3
import http.server, json, os, sys
what, *rest = sys.argv[1:]
if what == "exit": print(rest[1]); print(rest[1], file=sys.stderr); sys.exit(int(rest[0]))
if what == "cat": sys.stdout.write(sys.stdin.read())
if what == "env": print(json.dumps({name: os.environ.get(name) for name in rest}))
if what == "show": print(open(rest[0]).read())
if what == "write": os.makedirs(os.path.dirname(rest[0]) or ".", exist_ok=True); open(rest[0], "w").write(rest[1])
if what == "kill": os.kill(os.getpid(), 9)
if what == "serve":
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            names = ("Content-Type", "Content-Length", "Transfer-Encoding", "X-Own", "Host")
            said = json.dumps({"method": self.command, "path": self.path, "body": body,
                               "headers": {n: self.headers.get(n) for n in names}}).encode()
            self.send_response(409 if self.path == "/busy" else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        do_GET = do_PUT = do_POST
        def log_message(self, *_): pass
    http.server.HTTPServer(("127.0.0.1", int(rest[0])), Answer).serve_forever()
`;

const SERVE = { args: ["serve", "{port}"], background: true };
const post = (request: object, headers: object, more: object = {}) => [
  SERVE,
  { http: { method: "POST", path: "/p", headers: {}, ...request }, status: 200, json: { headers, ...more } },
];

/** Steps and files of cases, each beside the verdict that is right. */
const CASES: readonly (readonly [passes: boolean, steps: readonly object[], files?: object])[] = [
  [true, [{ args: ["exit", "3", "é"], exit: 3, lines: ["é"], err: ["é"] }]],
  [true, [{ args: ["exit", "3", "x"], exit: [1, 3] }]],
  [false, [{ args: ["exit", "3", "x"], exit: [1, 2] }]],
  [false, [{ args: ["exit", "0", "x"], exit: 0, lines: ["x", "y"] }]],
  [false, [{ args: ["exit", "0", "x"], exit: 0, err: ["y"] }]],
  [false, [{ args: ["exit", "0", "{"], exit: 0, json: {} }]],
  [true, [{ args: ["exit", "0", '{"a": "{work}"}'], json: { a: "{work}" } }]],
  [true, [{ args: ["exit", "0", '{"a": "{work}"}'], json: { a: "~^{work}$" } }]],
  [true, [{ args: ["cat"], stdin: "{work}\r\n", lines: ["\n"] }, {
    args: ["cat"],
    json: { a: 1 },
    stdin: '{"a":1}',
  }]],
  [true, [{ args: ["kill"], exit: -9 }]],
  [false, [{ args: ["kill"], exit: 137 }]],
  [true, [{ shell: "printf '{}' > a" }, { args: ["show", "a"], json: {} }]],
  [false, [{ shell: "false" }, { args: ["exit", "0", "x"], exit: 0 }]],
  [true, [{ args: ["env", "TZ", "NO_COLOR", "GAIT_X"], json: { TZ: "UTC", NO_COLOR: "1", GAIT_X: null } }]],
  [true, [{ args: ["env", "HOME", "OWN"], json: { HOME: "{work}", OWN: "at {work}" } }]],
  [true, [{ args: ["write", "d/a", "x"], exit: 0 }], {
    "d/a": { text: "x" },
    d: { exists: true },
    b: { exists: false },
  }],
  [false, [{ args: ["write", "d/a", "x"], exit: 0 }], { "d/a": { text: "y" } }],
  [false, [{ args: ["write", "d/a", "x"], exit: 0 }], { "d/b": { text: "x" } }],
  [false, [{ args: ["write", "d/a", "x"], exit: 0 }], { "d/a": { exists: false } }],
  [false, [{ args: ["write", "d/a", "x"], exit: 0 }], { "d/b": { exists: true } }],
  [true, [{ args: ["show", "in/put"], lines: ["of the case"] }], { "in/put": { text: "of the case" } }],
  [
    true,
    post({ json: { "é": [1, "x", {}] } }, {
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": "24",
    }),
  ],
  [
    true,
    post({ body: "é{port}", headers: { "X-Own": "{port}" } }, { "Transfer-Encoding": null }, {
      body: "~^é\\d+$",
    }),
  ],
  [true, post({}, { "Content-Type": null, "Content-Length": "0" }, { body: "" })],
  [
    true,
    post({ headers: { Host: "else.where" }, method: "GET" }, { Host: "else.where", "Content-Length": null }),
  ],
  [true, post({ headers: { "content-type": "a/b" }, body: "" }, { "Content-Type": "a/b" })],
  [true, [SERVE, {
    http: { method: "PUT", path: "/busy?a=1", headers: {} },
    status: 200,
    json: { method: "PUT" },
  }]],
  [true, [SERVE, { http: { method: "GET", path: "/busy", headers: {} }, status: 409, lines: ["busy"] }]],
  [false, [SERVE, { http: { method: "GET", path: "/busy", headers: {} }, status: 200 }]],
];

testUnless(missing, "runCase() passes the cases that the recorder of the cases passes", async () => {
  const folder = await Deno.makeTempDir({ prefix: "gait-two-runners-" });
  try {
    const stub = `${folder}/stub`;
    await Deno.writeTextFile(stub, STUB, { mode: 0o755 });
    for (const [i, [, steps, files]] of CASES.entries()) {
      const input = `${folder}/cases/area/${i}/input/in`;
      await Deno.mkdir(input, { recursive: true });
      await Deno.writeTextFile(`${input}/put`, "of the case");
      const recorded = { about: `${i}`, env: { OWN: "at {work}" }, steps, ...(files ? { files } : {}) };
      await Deno.writeTextFile(`${folder}/cases/area/${i}/case.json`, JSON.stringify(recorded));
    }
    const report = `${folder}/report.json`;
    const args = [recorder!, "--gait", stub, "--cases", `${folder}/cases`, "--json", report];
    const theirs = new Deno.Command("python3", { args, stdout: "null", stderr: "null" }).output();
    const ours = new Map<string, boolean>();
    for (const [name, text] of await importCases(`${folder}/cases`)) {
      const found = await runCase([stub], parseCase(text));
      ours.set(name, found.length === 0);
      assert.equal(
        found.length === 0,
        CASES[Number(/\d+/.exec(name)![0])]![0],
        `${text}\n${found.join("\n")}`,
      );
    }
    await theirs;
    const found: Record<string, string[]> = JSON.parse(await Deno.readTextFile(report));
    for (const [name, problems] of Object.entries(found)) {
      assert.equal(problems.length === 0, ours.get(`${name}.json`), `${name}: ${problems.join("\n")}`);
    }
    assert.equal(Object.keys(found).length, CASES.length);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
