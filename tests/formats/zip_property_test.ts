/** Archives in the eyes of a reader that shares no code with ours. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { base64, compareBytewise } from "../../lib/formats/bytes.ts";
import { writeZip } from "../../lib/formats/zip/write.ts";
import { testUnless, withoutProgram } from "../support/test_unless.ts";
import { python } from "../support/python.ts";

testUnless(
  withoutProgram("python3"),
  "Python's zipfile reads from archives of writeZip() what went in",
  async () => {
    const name = fc.stringMatching(/^[a-z\u00e9][a-z0-9_.\u00e9]{0,10}$/);
    const file = fc.record({ name, content: fc.uint8Array({ maxLength: 2000 }) });
    const sets = fc.sample(fc.uniqueArray(file, { maxLength: 6, selector: (one) => one.name }), 40);
    const archives = await Promise.all(sets.map(async (files) => base64(await writeZip(files))));
    const script = [
      "import sys, json, io, base64, zipfile",
      "out = []",
      "for text in json.load(sys.stdin):",
      "    z = zipfile.ZipFile(io.BytesIO(base64.b64decode(text)))",
      "    assert z.testzip() is None",
      "    for i in z.infolist():",
      "        assert i.date_time == (1980, 1, 1, 0, 0, 0) and i.external_attr == 0x81a40000 and i.compress_type == 8",
      "    out.append([[n, base64.b64encode(z.read(n)).decode()] for n in z.namelist()])",
      "print(json.dumps(out))",
    ].join("\n");
    const answers = await python(script, archives) as [string, string][][];
    for (const [i, files] of sets.entries()) {
      const expected = files.map(({ name, content }) => [name, base64(content)])
        .sort(([a], [b]) => compareBytewise(a!, b!));
      assert.deepEqual(answers[i], expected);
    }
  },
);
