/**
 * Puts the running Deno executable into the checkout (`.cache/deno`), where bin/gait finds it from any folder and
 * under any HOME. A hard link when possible, else a copy.
 */
import { root } from "./root.ts";

const WANTED = "2.9.6";

if (import.meta.main) await setUp();

/** Make sure that the checkout has its runtime; does nothing when it is there. */
export async function setUp(): Promise<void> {
  const target = `${root}.cache/deno`;
  if (Deno.version.deno !== WANTED) {
    throw new Error(
      `This checkout runs on Deno ${WANTED}, not ${Deno.version.deno}: npx -y deno@${WANTED} task demo`,
    );
  }
  if (await isCurrent(target)) return;
  await Deno.mkdir(`${root}.cache`, { recursive: true });
  const temporary = `${target}.new-${Deno.pid}`;
  try {
    await Deno.link(Deno.execPath(), temporary);
  } catch {
    await Deno.copyFile(Deno.execPath(), temporary); // another file system
    await Deno.chmod(temporary, 0o755);
  }
  await Deno.rename(temporary, target);
}

async function isCurrent(path: string): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command(path, { args: ["--version"], stdout: "piped", stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout).startsWith(`deno ${WANTED} `);
  } catch {
    return false;
  }
}
