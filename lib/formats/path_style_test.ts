import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import fc from "fast-check";
import { baseName, cleanPath, folderOf, insideWorkingFolder, joinPath, outputPath } from "./path.ts";
import { type PathStyle, pathStyleOf, rootOf, withSlashes } from "./path_style.ts";

const INVALID = { code: "invalid_input" };
const STYLES: readonly PathStyle[] = ["posix", "windows"];
const platform = { posix, windows: win32 };

Deno.test("a backslash separates on Windows only", () => {
  assert.equal(pathStyleOf("windows"), "windows");
  assert.equal(pathStyleOf("linux"), "posix");
  assert.equal(withSlashes("a\\b/c", "windows"), "a/b/c");
  assert.equal(withSlashes("a\\b/c", "posix"), "a\\b/c");
  assert.equal(cleanPath("a\\..\\b", "windows"), "b");
  assert.equal(cleanPath("a\\..\\b"), "a\\..\\b");
  assert.equal(folderOf("out\\sub\\x.zip", "windows"), "out/sub");
  assert.equal(baseName("out\\sub\\x.zip", "windows"), "x.zip");
});

Deno.test("drives and shares are roots on Windows, and `..` does not leave them", () => {
  assert.equal(cleanPath("C:\\a\\..\\..\\b", "windows"), "C:/b");
  assert.equal(cleanPath("\\\\server\\share\\..\\x", "windows"), "//server/share/x");
  assert.equal(cleanPath("\\a\\..\\..", "windows"), "/");
  assert.equal(joinPath("out", "C:\\x", "windows"), "C:/x");
  assert.equal(joinPath("out", "C:\\x"), "out/C:\\x");
  assert.equal(folderOf("C:\\x", "windows"), "C:/");
  assert.equal(folderOf("\\x", "windows"), "/");
  assert.equal(baseName("C:\\", "windows"), "");
  assert.equal(insideWorkingFolder("C:\\x", "windows"), "C:/x");
});

Deno.test("outputs leave the working folder in no style, nor go where a drive was left", () => {
  for (const style of STYLES) {
    for (const path of ["..\\x", "../x", "a\\..\\..\\x", "a/..\\../x", ".\\..\\x"]) {
      assert.throws(() => insideWorkingFolder(path, style), INVALID, path);
      assert.throws(() => outputPath(path, style), INVALID, path);
    }
  }
  for (const path of ["C:", "C:x", "C:..\\x"]) {
    assert.throws(() => insideWorkingFolder(path, "windows"), INVALID, path);
  }
  for (const path of ["C:\\", "\\", "\\\\server\\share", "a\\.."]) {
    assert.throws(() => outputPath(path, "windows"), INVALID, path);
  }
});

const part = fc.constantFrom("..", ".", "", "a", "b.zip", "...");
const separated = fc.array(fc.tuple(part, fc.constantFrom("/", "\\")), { maxLength: 8 });
const anyPath = fc.tuple(fc.constantFrom("", "/", "\\", "C:\\", "d:/", "\\\\server\\share\\"), separated)
  .map(([root, parts]) => root + parts.map(([name, separator]) => name + separator).join(""));

/** As the runtime's own library for the platform writes it, with `/` and without one at the end. */
function normalized(path: string, style: PathStyle): string {
  const slashed = withSlashes(platform[style].normalize(path), style);
  return slashed.length > rootOf(slashed, style).length ? slashed.replace(/\/$/, "") : slashed;
}

Deno.test("cleanPath() agrees with the path library of the platform, in both styles", () => {
  fc.assert(fc.property(anyPath, fc.constantFrom(...STYLES), (path, style) => {
    // Two separators in front begin a share, which needs two names; what is less is not a path of Windows.
    fc.pre(style === "posix" || !/^[\\/]{2}/.test(path) || path.startsWith("\\\\server\\share\\"));
    const cleaned = cleanPath(path, style);
    assert.equal(cleaned, normalized(path, style));
    assert.equal(cleanPath(cleaned, style), cleaned);
    assert.equal(platform[style].isAbsolute(path), rootOf(withSlashes(path, style), style).endsWith("/"));
  }));
});

Deno.test("folderOf() and baseName() take a clean path apart, and joinPath() puts it together", () => {
  fc.assert(fc.property(anyPath, fc.constantFrom(...STYLES), (path, style) => {
    const cleaned = cleanPath(path, style);
    if (cleaned === folderOf(cleaned, style)) return; // a root, or the working folder
    assert.equal(joinPath(folderOf(cleaned, style), baseName(cleaned, style), style), cleaned);
    assert.equal(baseName(cleaned, style), platform[style].basename(cleaned));
  }));
});
