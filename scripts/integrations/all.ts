/** `deno task test:integrations`: the adapters of both packages with the real frameworks; 1 when any of them failed. */
import { root } from "../root.ts";

let failed = false;
for (const one of ["python", "node"]) {
  const args = ["run", "-q", "-A", `${root}scripts/integrations/${one}.ts`];
  const { code } = await new Deno.Command(Deno.execPath(), { args, stdout: "inherit", stderr: "inherit" })
    .output();
  failed ||= code !== 0;
}
Deno.exit(failed ? 1 : 0);
