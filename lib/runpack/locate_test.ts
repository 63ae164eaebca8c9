import assert from "node:assert/strict";
import type { Files } from "../effects/mod.ts";
import { checkedTicketFooter, checkRunId, isPathLike, locateRunpack, ticketFooter } from "./locate.ts";

const INVALID = { code: "invalid_input" };
const withFiles = (...paths: string[]) => ({
  files: {
    isFile: (path: string) => Promise.resolve(paths.includes(path)),
    stat: (path: string) => Promise.resolve(path.endsWith("folder") ? { kind: "folder" } : undefined),
  } as unknown as Files,
  home: "/home/u",
});

Deno.test("locateRunpack() takes a path as it is, and looks a run id up in the working folder first", async () => {
  const here = "gait-out/runpack_r.zip";
  const home = "/home/u/.gait/runpacks/runpack_r.zip";
  assert.equal(await locateRunpack("r", withFiles(here, home, "r")), here);
  assert.equal(await locateRunpack("r", withFiles(home)), home);
  for (const path of ["./p.zip", "p.ZIP", "a/b", "a\\b", " x.zip"]) {
    assert.equal(await locateRunpack(path, withFiles(path)), path);
  }
  await assert.rejects(locateRunpack("r", withFiles("r")), INVALID);
  for (const folder of ["folder", "./folder"]) {
    await assert.rejects(locateRunpack(folder, withFiles()), { ...INVALID, hint: /^It is a folder/ });
  }
  await assert.rejects(locateRunpack("", withFiles("gait-out/runpack_.zip")), INVALID);
  await assert.rejects(locateRunpack("r\n", withFiles("gait-out/runpack_r\n.zip")), INVALID);
  await assert.rejects(
    locateRunpack("r", { ...withFiles("/.gait/runpacks/runpack_r.zip"), home: undefined }),
    INVALID,
  );
});

Deno.test("isPathLike() goes by separators and by the end", () => {
  for (const path of ["a/b", "a\\b", "x.zip", "x.Zip"]) assert.equal(isPathLike(path), true);
  for (const id of ["run_1", "zip", "x.zip.txt", "..", ""]) assert.equal(isPathLike(id), false);
});

Deno.test("checkRunId() refuses what would make a surprising path, and warns about what a footer can't carry", () => {
  for (const id of ["", " ", "a/b", "a\\b", "..", "a..b", "a\0", "a\x1b[0m", "\u0085x", "é".repeat(101)]) {
    assert.throws(() => checkRunId(id), INVALID, JSON.stringify(id));
  }
  assert.equal(checkRunId("run_A-1"), undefined);
  for (const id of ["a b", "é", "a.b", "a:b"]) assert.notEqual(checkRunId(id), undefined);
});

Deno.test("checkedTicketFooter() gives the line of docs/spec/core.md 4.3, or internal_failure", () => {
  const digest = "ab".repeat(32);
  assert.equal(
    checkedTicketFooter("run_1", digest),
    `GAIT run_id=run_1 manifest=sha256:${digest} verify="gait verify run_1"`,
  );
  assert.equal(checkedTicketFooter("run_1", digest), ticketFooter("run_1", digest));
  for (
    const [id, sum] of [["a b", digest], ["", digest], ["r", digest.toUpperCase()], ["r", "ab"], [
      'r"',
      digest,
    ], ["r\n", digest]] as const
  ) {
    assert.throws(() => checkedTicketFooter(id, sum), { code: "internal_failure" });
  }
});
