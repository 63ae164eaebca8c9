/**
 * Compiled like gait, with its permissions; tries what neither may do and prints how each attempt ended, as JSON.
 * First with everything the executable has, then after the narrowing that a command does which only reads.
 */
import { narrowPermissions } from "../../lib/effects/mod.ts";

/** An address that is reserved for documentation: should a call come through, nobody is there. */
const OUTSIDE = "192.0.2.1";
const own = Deno.args[0]!;
// Not a literal, so that the compiler does not follow it.
const remote = `http://${OUTSIDE}/module.js`;

const outcomes: Record<string, string> = {};

async function attempt(name: string, action: () => unknown): Promise<void> {
  try {
    await action();
    outcomes[name] = "allowed";
  } catch (error) {
    outcomes[name] = (error as Error).name;
  }
}

await attempt("read", () => Deno.readTextFile(`${own}/module.js`));
await attempt("write", () => Deno.writeTextFile(`${own}/written`, ""));
await attempt("env", () => Deno.env.get("HOME"));
await attempt("listen on loopback", () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close());
await attempt("listen on all addresses", () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close());
await attempt("fetch outside", () => fetch(`http://${OUTSIDE}/`));
await attempt("connect outside", () => Deno.connect({ hostname: OUTSIDE, port: 9 }));
await attempt("resolve a name", () => Deno.resolveDns("example.com", "A"));
await attempt("ffi", () => Deno.dlopen("libc.so.6", {}));
await attempt("sys", () => Deno.hostname());
await attempt("import a remote module", () => import(remote));

narrowPermissions({ read: true });
await attempt("narrowed: read", () => Deno.readTextFile(`${own}/module.js`));
await attempt("narrowed: write", () => Deno.writeTextFile(`${own}/written`, ""));
await attempt("narrowed: env", () => Deno.env.get("HOME"));
await attempt("narrowed: run", () => new Deno.Command("/bin/sh").outputSync());
await attempt("narrowed: listen on loopback", () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close());
outcomes["narrowed: ask for net"] = (await Deno.permissions.request({ name: "net" })).state;

Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcomes)));
Deno.exit(0);
