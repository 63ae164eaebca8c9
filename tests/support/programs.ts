/** Whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
  const [separator, ending] = Deno.build.os === "windows" ? [";", ".exe"] : [":", ""];
  const folders = (Deno.env.get("PATH") ?? "").split(separator).filter((folder) => folder !== "");
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}${ending}`).isFile;
    } catch {
      return false;
    }
  });
}
