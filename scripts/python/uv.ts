import { makeWorkFolder, root } from "../root.ts";

/** Installs packages here in a twentieth of the time that pip takes for a gigabyte of them. */
const VERSION = "0.13.9";

const PLACE = `${root}.cache/python/uv-${VERSION}`;
const PROGRAM = `${PLACE}/bin/uv`;

/** Its options: apart from settings of whoever runs the tests, and with the certificates that the machine trusts. */
const OPTIONS = ["--quiet", "--no-config", "--system-certs", "--cache-dir", `${root}.cache/uv`];

/** Whether pip could install it, once somebody of this process has asked. */
let installed: Promise<boolean> | undefined;

/** Run uv; whether it did what was asked. Where it can't be had, it did not: pip does the same then. */
export async function uv(python: string, args: readonly string[]): Promise<boolean> {
  return await (installed ??= install(python)) && await succeeds(PROGRAM, [...args, ...OPTIONS]);
}

async function install(python: string): Promise<boolean> {
  if (await isThere()) return true;
  const work = await makeWorkFolder("uv-");
  try {
    const args = ["-m", "pip", "install", "--quiet", "--no-compile", "--target", work, `uv==${VERSION}`];
    if (!await succeeds(python, args)) return false;
    await Deno.mkdir(`${root}.cache/python`, { recursive: true });
    // Whoever else installs it at this moment may come first.
    await Deno.rename(work, PLACE).catch(() => {});
    return await isThere();
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

async function isThere(): Promise<boolean> {
  return await Deno.stat(PROGRAM).then(() => true, () => false);
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(program, {
    args: [...args],
    env: PIP,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  return await command.output().then(({ success }) => success, () => false);
}

/** The environment of pip: what it keeps stays in the checkout. */
export const PIP: Readonly<Record<string, string>> = {
  PIP_CACHE_DIR: `${root}.cache/pip`,
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_NO_INPUT: "1",
  PIP_ROOT_USER_ACTION: "ignore",
};
