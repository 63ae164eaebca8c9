import process from "node:process";

/** Call a function with each line of standard input. `node:readline` also ends lines at U+2028, which JSON may hold. */
export function onStdinLine(take) {
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) take(line);
  });
}
