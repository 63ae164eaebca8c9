/**
 * `deno task libraries --version v1.2.3 --out <folder>`: the libraries of a release as the registries take them: the
 * package for npm, and wheel and source of the Python package. The same checkout gives the same bytes.
 */
import { parseArgs } from "node:util";
import { compareBytewise, utf8 } from "../../lib/formats/bytes.ts";
import { packageFiles } from "../npm.ts";
import { tarGz } from "./archives.ts";
import { libraryNames } from "./library_names.ts";
import { plainVersion } from "./platforms.ts";
import { buildPython } from "./python_package.ts";

/** Make the libraries; returns the names of their files. */
export async function makeLibraries(given: string, out: string): Promise<string[]> {
  const version = plainVersion(given);
  await Deno.mkdir(out, { recursive: true });
  const files = [...await packageFiles(version)].sort(([left], [right]) => compareBytewise(left, right));
  const [npm] = libraryNames(version);
  await Deno.writeFile(
    `${out}/${npm!.name}`,
    await tarGz(files.map(([name, text]) => ({ name: `package/${name}`, content: utf8(text) }))),
  );
  await buildPython(version, out);
  return libraryNames(version).map(({ name }) => name);
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: [...Deno.args],
    options: { version: { type: "string" }, out: { type: "string" } },
  });
  if (!values.version || !values.out) {
    console.error("Cannot make the libraries: --version and --out are needed");
    Deno.exit(6);
  }
  for (const name of await makeLibraries(values.version, values.out)) console.log(`${values.out}/${name}`);
}
