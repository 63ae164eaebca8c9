import assert from "node:assert/strict";
import fc from "fast-check";
import {
  baseName,
  cleanPath,
  displayPath,
  folderOf,
  foreignPathFault,
  insideWorkingFolder,
  joinPath,
  leavesFolder,
  outputFolder,
  outputPath,
} from "./path.ts";

const INVALID = { code: "invalid_input" };

Deno.test("cleanPath() gives the shortest path by text", () => {
  const pairs: [string, string][] = [
    ["", "."],
    [".", "."],
    ["./a//b/./c/", "a/b/c"],
    ["a/../b", "b"],
    ["a/..", "."],
    ["../a", "../a"],
    ["a/../../b", "../b"],
    ["../../a/..", "../.."],
    ["/", "/"],
    ["/..", "/"],
    ["/../../a", "/a"],
    ["//a", "/a"],
    ["a/b/../../..", ".."],
    ["...", "..."],
  ];
  for (const [given, clean] of pairs) assert.equal(cleanPath(given), clean, given);
});

Deno.test("insideWorkingFolder() refuses every relative path that leaves the folder", () => {
  for (const path of ["..", "../x", "a/../../x", "./../x", "a/b/../../../x", ".//..", "../"]) {
    assert.throws(() => insideWorkingFolder(path), INVALID, path);
  }
  for (const path of ["a", "./a", "a/../b", "/abs/x", "/../x", "..a", "a..", ".../x"]) {
    insideWorkingFolder(path);
  }
});

Deno.test("insideWorkingFolder() refuses control characters", () => {
  for (const path of ["a\0b", "a\nb", "a\x1b[31m", "a\x7f", "a\u0085"]) {
    assert.throws(() => insideWorkingFolder(path), INVALID, JSON.stringify(path));
  }
});

Deno.test("insideWorkingFolder() lets no combination of parts out", () => {
  const part = fc.constantFrom("..", ".", "", "a", "b");
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
    const given = parts.join("/");
    if (given.startsWith("/")) return;
    let depth = 0;
    for (const name of parts) depth += name === ".." ? -1 : name === "a" || name === "b" ? 1 : 0;
    // Where the whole path ends below its start, it must be refused; what is accepted never begins with "..".
    if (depth < 0) assert.throws(() => insideWorkingFolder(given), INVALID);
    else {
      try {
        assert.ok(!insideWorkingFolder(given).split("/").includes(".."));
      } catch (error) {
        assert.equal((error as { code?: string }).code, "invalid_input");
      }
    }
  }));
});

Deno.test("outputPath() trims, and refuses what names no file", () => {
  assert.equal(outputPath(" a/./b.zip "), "a/b.zip");
  for (const path of ["", "  ", ".", "/", "./", "a/..", "//", "../x"]) {
    assert.throws(() => outputPath(path), INVALID, path);
  }
});

Deno.test("outputFolder() takes the working folder and a slash at the end, and refuses what leaves it", () => {
  for (
    const [given, folder] of [[".", "."], ["./", "."], [" a/b/ ", "a/b"], ["a/..", "."]] as const
  ) {
    assert.equal(outputFolder(given), folder);
  }
  for (const path of ["", "  ", "/", "//", "..", "../", "../x", "a/../../x", "a\0b"]) {
    assert.throws(() => outputFolder(path), INVALID, path);
  }
});

Deno.test("joinPath(), folderOf(), baseName() and displayPath() work by text", () => {
  assert.equal(joinPath("a", "../b"), "b");
  assert.equal(joinPath("a", "/b"), "/b");
  assert.deepEqual(["a", "a/b", "/a", "/a/b"].map((path) => folderOf(path)), [".", "a", "/", "/a"]);
  assert.deepEqual(["a", "a/b", "/a"].map((path) => baseName(path)), ["a", "b", "a"]);
  assert.deepEqual(["a", "./a", "/a", ".a"].map(displayPath), ["./a", "./a", "/a", ".a"]);
});

Deno.test("insideWorkingFolder() refuses what leaves the folder where a backslash separates", () => {
  for (
    const path of ["..\\x", "a\\..\\..\\x", "a/..\\..\\x", "a\\../../x", "..\\", ".\\..\\x", "a\\b/../..\\x"]
  ) {
    assert.throws(() => insideWorkingFolder(path), INVALID, path);
    assert.throws(() => outputPath(path), INVALID, path);
  }
  for (const path of ["a\\b", "a\\..\\b", "..a\\b", "a..\\b"]) insideWorkingFolder(path);
});

Deno.test("leavesFolder() answers the same whichever separator stands between the parts", () => {
  const part = fc.constantFrom("..", ".", "", "a", "b");
  const separated = fc.array(fc.tuple(part, fc.constantFrom("/", "\\")), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(separated, (parts) => {
    const mixed = parts.map(([name, separator]) => name + separator).join("");
    const plain = parts.map(([name]) => name).join("/");
    if (plain.startsWith("/")) return; // rooted, and stays at its root
    assert.equal(leavesFolder(mixed), leavesFolder(plain));
    if (leavesFolder(mixed)) assert.throws(() => insideWorkingFolder(mixed), INVALID);
    let accepted = "";
    try {
      accepted = insideWorkingFolder(mixed);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "invalid_input");
    }
    assert.equal(leavesFolder(accepted), false);
  }));
});

Deno.test("foreignPathFault() finds drive letters, backslashes in front and devices", () => {
  const refused = [
    ["C:x", "C:\\x", "c:/x", " d:x", "C:"],
    ["\\\\server\\share\\x", "\\x", "\\\\?\\C:\\x", "\\\\.\\pipe\\x"],
    [
      "NUL",
      "nul",
      "a/con",
      "a\\PRN.txt",
      "aux.tar.gz",
      "con .txt",
      "com1",
      "COM\u00b9",
      "lpt9:x",
      "CONIN$",
      "x/nul/y",
    ],
    ["policy.yaml.", "a./b", "a /b", "a ", "...", "a\\b. ."],
  ].flat();
  for (const path of refused) assert.notEqual(foreignPathFault(path), undefined, path);
  for (
    const path of [
      "a",
      "./a",
      "../a",
      ".",
      "a/b.zip",
      "/a/b",
      "a\\b",
      "console",
      "null",
      "com",
      "com10",
      "xcon",
      "a.con",
      "ab:c",
    ]
  ) {
    assert.equal(foreignPathFault(path), undefined, path);
  }
});

Deno.test("foreignPathFault() finds a device behind any folder, in any case, before any ending", () => {
  const device = fc.constantFrom("con", "NUL", "Aux", "prn", "COM3", "lpt0");
  const folder = fc.constantFrom("", "a/", "a\\", "../", "/");
  const ending = fc.constantFrom("", ".", ".json", " ", " .x", ":y", "/z");
  fc.assert(fc.property(folder, device, ending, (before, name, after) => {
    assert.notEqual(foreignPathFault(before + name + after), undefined);
  }));
});

Deno.test("on Windows no name is written that means another file there", () => {
  const other = [
    "NUL",
    "out/aux.txt",
    "C:/out/con",
    "a.txt:hidden",
    "C:/a/b:stream:$DATA",
    "policy.yaml.",
    "out/a ./b",
    "a?",
    "a<b",
    'a"b',
    "a|b",
    "a*",
  ];
  for (const path of other) assert.throws(() => insideWorkingFolder(path, "windows"), INVALID, path);
  for (
    const path of [
      "a.txt",
      "C:/out/a.txt",
      "C:\\out\\a.txt",
      "//server/share/a",
      "out/console.txt",
      ".gait/a",
    ]
  ) {
    insideWorkingFolder(path, "windows");
  }
  for (const path of ["a.txt:b", "a?", "NUL"]) insideWorkingFolder(path, "posix");
});
