/**
 * Stands between a client and a server on standard input and output, and decides nothing: what any third process costs. Its
 * first argument is a file to which it appends as much for each line as the journal of traces gets, and syncs it before it
 * forwards the line; or `-`.
 */
import { spawn } from "node:child_process";
import { fsync, openSync, writeSync } from "node:fs";
import process from "node:process";
import { onStdinLine } from "../../tests/support/stdin_lines.mjs";

const [file, program, ...args] = process.argv.slice(2);
const server = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
server.stdout.pipe(process.stdout);
process.stdin.on("end", () => server.stdin.end());

const journal = file === "-" ? undefined : openSync(file, "a");
const record = new Uint8Array(2_500).fill(0x61);

onStdinLine((line) => {
  const forward = () => server.stdin.write(line + "\n");
  if (journal === undefined) return forward();
  writeSync(journal, record);
  fsync(journal, (error) => {
    if (error) throw error;
    forward();
  });
});
