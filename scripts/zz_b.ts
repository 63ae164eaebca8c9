import { writeBundle } from "./bundle.ts";
const d = await Deno.makeTempDir();
await writeBundle({}, d);
await Deno.remove(d, { recursive: true });
