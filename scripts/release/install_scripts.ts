import { root } from "../root.ts";

/** Where each installer names its repository, and how. */
const PLACES: Readonly<Record<string, readonly [empty: string, filled: (repository: string) => string]>> = {
  "install.sh": ["${GAIT_REPO:-}", (repository) => `\${GAIT_REPO:-${repository}}`],
  "install.ps1": ["$defaultRepo = ''", (repository) => `$defaultRepo = '${repository}'`],
};

/**
 * The installers of scripts/, which know the repository that they are published in.
 *
 * @param source address of the repository; the last two parts of its path are owner and name
 */
export async function installScripts(source: string): Promise<[name: string, text: string][]> {
  const [owner, name] = new URL(source).pathname.replace(/\.git$/, "").split("/").filter(Boolean).slice(-2);
  const repository = name === undefined ? "" : `${owner}/${name}`;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new Error(`"${source}" names no repository`);
  return await Promise.all(
    Object.entries(PLACES).map(async ([script, [empty, filled]]): Promise<[string, string]> => {
      const parts = (await Deno.readTextFile(`${root}scripts/${script}`)).split(empty);
      if (parts.length !== 2) throw new Error(`scripts/${script} does not name the repository once`);
      return [script, parts.join(filled(repository))];
    }),
  );
}
