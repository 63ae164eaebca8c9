import assert from "node:assert/strict";
import { fromBase64, hex } from "../../lib/formats/bytes.ts";
import { sha256 } from "../../lib/signing/mod.ts";
import { onStage } from "../support/gait.ts";
import { runPackSample, swap } from "../support/sample_packs.ts";
import { testKey } from "../support/sample_run.ts";
import { pythonPackages, runPython } from "../support/python_packages.ts";
import { testUnless } from "../support/test_unless.ts";

const REQUIREMENTS = ["securesystemslib==1.6.0", "cryptography==50.0.2"];

/** securesystemslib, the library of in-toto and TUF, has the word; none of our code takes part. */
const VERIFY = `
import json, sys
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey
given = json.load(sys.stdin)
def check(envelope, public):
    key = SSlibKey(given["keyid"], "ed25519", "ed25519", {"public": public})
    try:
        Envelope.from_dict(json.loads(json.dumps(envelope))).verify([key], 1)
        return True
    except Exception as error:
        return type(error).__name__
envelope = given["envelope"]
tampered = dict(envelope, payload=given["tampered"])
retyped = dict(envelope, payloadType="application/json")
json.dump({
    "good": check(envelope, given["public"]),
    "tampered": check(tampered, given["public"]),
    "retyped": check(retyped, given["public"]),
    "other": check(envelope, given["other"]),
}, sys.stdout)
`;

const packages = await pythonPackages("securesystemslib", REQUIREMENTS);

testUnless(
  packages.missing,
  "an in-toto statement about a pack is verified by securesystemslib, and only under its key",
  async () => {
    await onStage(async ({ gait, write, read, bytes }) => {
      await gait`keys init --out-dir keys --prefix k`;
      await gait("demo");
      const key = ["--private-key", "keys/k_private.key"];
      assert.equal((await gait`pack build run_demo --out p.zip ${key}`).code, 0);
      const exported = await gait`pack export p.zip --intoto s.json ${key} --json`;
      assert.equal(exported.code, 0, exported.stdout);
      assert.equal(exported.json.intoto_path, "s.json");
      const envelope = JSON.parse(await read("s.json"));
      const statement = JSON.parse(new TextDecoder().decode(fromBase64(envelope.payload)));
      assert.equal(statement._type, "https://in-toto.io/Statement/v1");
      assert.deepEqual(statement.subject, [{
        name: "p.zip",
        digest: { sha256: await sha256(await bytes("p.zip")) },
      }]);
      assert.equal(statement.predicate.pack_id, exported.json.pack_id);
      assert.ok(statement.predicate.contents.length >= 3);
      const publicKey = hex(fromBase64((await read("keys/k_public.key")).trim())!);
      const found = await runPython(packages.folder, VERIFY, {
        envelope,
        keyid: envelope.signatures[0].keyid,
        public: publicKey,
        other: hex((await testKey(9)).public.raw),
        tampered: btoa(JSON.stringify({ ...statement, predicate: {} })),
      });
      assert.deepEqual(found, {
        good: true,
        tampered: "VerificationError",
        retyped: "VerificationError",
        other: "VerificationError",
      });

      await write("damaged.zip", await swap(await bytes("p.zip"), { "notes.txt": "x" }));
      await write("unsigned.zip", await runPackSample());
      await write("rogue.zip", await runPackSample(await testKey(3)));
      for (const [pack, code] of [["damaged.zip", 2], ["unsigned.zip", 2], ["rogue.zip", 2]] as const) {
        const refused = await gait`pack export ${pack} --intoto no.json ${key}`;
        assert.equal(refused.code, code, pack);
      }
      assert.equal((await gait`pack export p.zip --intoto no.json`).code, 6);
      assert.equal((await gait`pack export p.zip --intoto p.zip ${key}`).code, 6);
      await assert.rejects(read("no.json"));
    });
  },
);
