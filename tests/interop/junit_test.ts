import assert from "node:assert/strict";
import { encodeJunit } from "../../lib/regress/junit.ts";
import { assembleResult } from "../../lib/regress/result.ts";
import { parseTime } from "../../lib/formats/time.ts";
import { onStage } from "../support/gait.ts";
import { repository } from "../support/places.ts";
import { pythonPackages, runPython } from "../support/python_packages.ts";
import { testUnless } from "../support/test_unless.ts";

const { folder, missing } = await pythonPackages("xmlschema", ["xmlschema==4.1.0", "elementpath==5.1.4"]);

/** Each document against the schema; a document that is no XML is as invalid as any other. */
const VALIDATE = `
import json, sys, xmlschema
given = json.load(sys.stdin)
schema = xmlschema.XMLSchema(given["schema"])
def valid(document):
    try:
        schema.validate(document)
        return True
    except Exception:
        return False
json.dump([valid(document) for document in given["documents"]], sys.stdout)
`;

async function validity(documents: readonly string[]): Promise<unknown> {
  const schema = await Deno.readTextFile(`${repository}testdata/junit/jenkins.xsd`);
  return await runPython(folder, VALIDATE, { schema, documents });
}

testUnless(
  missing,
  "regress run --junit-jenkins is valid for consumers that validate, passed or failed, and --junit alone is not",
  () =>
    onStage(async ({ gait, read }) => {
      await gait`demo`;
      assert.equal((await gait`regress init --from run_demo`).code, 0);
      assert.equal((await gait`regress run --junit passed.xml --junit-jenkins`).code, 0);
      assert.equal((await gait`regress run --junit plain.xml`).code, 0);
      await gait`regress init --from run_demo --name broken --never ${(await firstTool(read))}`;
      assert.equal((await gait`regress run --junit failed.xml --junit-jenkins`).code, 5);
      const reports = await Promise.all(["passed.xml", "failed.xml", "plain.xml"].map(read));
      assert.ok(reports[1]!.includes("<failure "));
      assert.deepEqual(await validity(reports), [true, true, false]);
    }),
);

testUnless(
  missing,
  "the JUnit report of gait policy test is valid as well, passed or failed",
  () =>
    onStage(async ({ gait, write, read }) => {
      await write("p.yaml", "default_verdict: block\n");
      const context = { identity: "i", workspace: "/w", risk_class: "low" };
      const pair = async (name: string, verdict: string) => {
        await write(`fx/${name}.intent.json`, JSON.stringify({ tool_name: "t", context }));
        await write(`fx/${name}.expect.json`, JSON.stringify({ verdict }));
      };
      await pair("a", "block");
      assert.equal((await gait`policy test p.yaml --fixtures fx --junit passed.xml`).code, 0);
      await pair("b", "allow");
      assert.equal((await gait`policy test p.yaml --fixtures fx --junit failed.xml`).code, 5);
      const reports = await Promise.all(["passed.xml", "failed.xml"].map(read));
      assert.ok(reports[1]!.includes("<failure "));
      assert.deepEqual(await validity(reports), [true, true]);
    }),
);

async function firstTool(read: (path: string) => Promise<string>): Promise<string> {
  return JSON.parse(await read("fixtures/run_demo/fixture.json")).expected_tool_sequence[0];
}

testUnless(
  missing,
  "a report stays valid whatever names and reason codes hold, and the schema minds",
  async () => {
    const hostile = [
      '"><testcase name="x"/>',
      "]]>&amp;\u0000\u001b\ufffe",
      "\ud800",
      "ä\n\t\r<!--",
      "\u0085\u2028",
    ];
    const reports = hostile.map((name) =>
      new TextDecoder().decode(encodeJunit(
        assembleResult({ createdAt: parseTime("2026-01-01T00:00:00Z"), version: "1", fixtureSet: name }, [
          { name: `f${name.replaceAll("/", "")}/${name}`, status: "fail", reason_codes: [name] },
          { name: "f/diff", status: "pass", reason_codes: [] },
        ]),
        true,
      ))
    );
    const [report] = reports as [string];
    const spoilt = [
      report.replace("<testcase ", "<testcase flaky='1' "),
      report.replace(/ classname="[^"]*"/, ""),
      report.replace('failures="1"', 'failures="one"'),
      report.replace("<failure ", "<wrong></wrong><failure "),
      report.replace('time="0"', 'time="0.12345"'),
    ];
    for (const text of spoilt) assert.notEqual(text, report);
    assert.deepEqual(await validity([...reports, ...spoilt]), [
      ...reports.map(() => true),
      ...spoilt.map(() => false),
    ]);
  },
);
