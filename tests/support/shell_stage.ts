/** A folder with a script in it, and a shell to run there. */
export interface ShellStage {
  /** Run the shell with arguments; its home is the folder `home`. */
  readonly shell: (...args: string[]) => Promise<{ code: number; out: string; err: string }>;
  /** Make an empty file, with its folders. */
  readonly write: (path: string) => Promise<void>;
}

/** Write `script` to a file of that name in a fresh folder, and run a test there with a shell. */
export async function onShellStage(
  name: string,
  script: string,
  test: (stage: ShellStage) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gait-shell-" });
  const shell: ShellStage["shell"] = async (...args) => {
    const env = { HOME: `${folder}/home`, PATH: Deno.env.get("PATH") ?? "", LC_ALL: "C.UTF-8" };
    // A shell that waits for more to be typed would wait forever.
    const signal = AbortSignal.timeout(120_000);
    const { code, stdout, stderr } = await new Deno.Command(name, {
      args,
      cwd: folder,
      env,
      stdin: "null",
      signal,
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, out: out!, err: err! };
  };
  try {
    await Deno.writeTextFile(`${folder}/script`, script);
    await test({
      shell,
      async write(path) {
        await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
        await Deno.writeTextFile(`${folder}/${path}`, "");
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
