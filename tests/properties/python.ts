/** Whether Python is there to be the second opinion; says so when it is not. */
export async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["--version"], stdout: "null", stderr: "null" })
      .output()).success;
  } catch {
    console.log("skipped: python3 is absent");
    return false;
  }
}

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
