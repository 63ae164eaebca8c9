/** Run a Python script over a JSON input and read its JSON output. */
export async function python(script: string, input: unknown): Promise<unknown> {
  const child = new Deno.Command("python3", {
    args: ["-c", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const fed = writer.write(new TextEncoder().encode(JSON.stringify(input))).then(() => writer.close());
  const [{ stdout, success }] = await Promise.all([child.output(), fed]);
  if (!success) throw new Error("the Python script failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}
