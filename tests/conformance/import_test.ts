import assert from "node:assert/strict";
import { compareCases } from "../../scripts/import_conformance.ts";
import { shared } from "../support/places.ts";
import { testUnless } from "../support/test_unless.ts";

const recorded = await shared("conformance/cases");

testUnless(
  recorded === undefined && "../shared is absent",
  "testdata/conformance is what scripts/import_conformance.ts makes of the recorded cases",
  async () => assert.deepEqual(await compareCases(recorded!), new Map()),
);
