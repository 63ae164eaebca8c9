import { root } from "../root.ts";

/** What the bundle is made of: the program, and the scripts of the pages of `pack export --html` and `gait ui`. */
const ENTRIES = ["main.ts", "lib/export/html/page/main.ts", "lib/ui/page/main.ts"];

/** The parts of `deno info --json` that are read. */
interface Info {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly name: string; readonly dependencies: readonly string[] }>
  >;
}

/** Names of the npm packages whose code is in the bundle: those that are imported, and what they depend on. */
export async function bundledPackages(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const entry of ENTRIES) {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", entry],
      cwd: root,
    }).output();
    if (!success) throw new Error(`Cannot tell what ${entry} is made of`);
    const { modules, npmPackages }: Info = JSON.parse(new TextDecoder().decode(stdout));
    const wanted = modules.flatMap(({ npmPackage }) => npmPackage ?? []);
    for (const key of wanted) {
      const { name, dependencies } = npmPackages[key]!;
      if (names.has(name)) continue;
      names.add(name);
      wanted.push(...dependencies);
    }
  }
  return names;
}
