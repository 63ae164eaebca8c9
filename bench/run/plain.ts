/**
 * What parsing and hashing the JSON of a file costs, and nothing else, in a process of its own:
 *
 * lines <file> parse every line and hash it; document <file>... parse each file, and hash every argument and result
 */
import { createHash } from "node:crypto";

const [mode, ...files] = Deno.args as [string, ...string[]];
let digest = "";
const hash = (text: string) => void (digest = createHash("sha256").update(text).digest("hex"));
for (const file of files) {
  if (mode === "lines") {
    for (const line of (await Deno.readTextFile(file)).split("\n")) {
      if (line === "") continue;
      JSON.parse(line);
      hash(line);
    }
  } else {
    const { intents, results } = JSON.parse(await Deno.readTextFile(file));
    for (const { args } of intents) hash(JSON.stringify(args));
    for (const { result } of results) hash(JSON.stringify(result));
  }
}
console.log(digest);
