import { root } from "../root.ts";

/** What an installer knows of its release. */
interface Facts {
  readonly repository: string;
  /** In base64, as in a file of a public key. */
  readonly key: string;
}

/** Where each installer states these facts, and how. */
const PLACES: Readonly<
  Record<string, readonly (readonly [empty: string, filled: (facts: Facts) => string])[]>
> = {
  "install.sh": [
    ["${GAIT_REPO:-}", ({ repository }) => `\${GAIT_REPO:-${repository}}`],
    ["release_key=''", ({ key }) => `release_key='${key}'`],
  ],
  "install.ps1": [
    ["$defaultRepo = ''", ({ repository }) => `$defaultRepo = '${repository}'`],
    ["$releaseKey = ''", ({ key }) => `$releaseKey = '${key}'`],
  ],
};

/**
 * The installers of scripts/, which know the repository that they are published in, and the key of its releases.
 *
 * @param source address of the repository; the last two parts of its path are owner and name
 * @param publicKey the text of the file of the public key
 */
export async function installScripts(
  source: string,
  publicKey: string,
): Promise<[name: string, text: string][]> {
  const [owner, name] = new URL(source).pathname.replace(/\.git$/, "").split("/").filter(Boolean).slice(-2);
  const repository = name === undefined ? "" : `${owner}/${name}`;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new Error(`"${source}" names no repository`);
  const key = publicKey.trim();
  if (!/^[A-Za-z0-9+/]{43}=$/.test(key)) throw new Error("The public key is not one in base64");
  return await Promise.all(
    Object.entries(PLACES).map(async ([script, places]): Promise<[string, string]> => {
      let text = await Deno.readTextFile(`${root}scripts/${script}`);
      for (const [empty, filled] of places) {
        const parts = text.split(empty);
        if (parts.length !== 2) throw new Error(`scripts/${script} does not have ${empty} once`);
        text = parts.join(filled({ repository, key }));
      }
      return [script, text];
    }),
  );
}
