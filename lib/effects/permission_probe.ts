import type { PermissionProbe } from "./types.ts";

/** An address that is set aside for documentation (RFC 5737): nobody answers there. */
const NOBODY = { hostname: "192.0.2.1", port: 9 };

/** The permissions of this process. */
export const PERMISSION_PROBE: PermissionProbe = {
  holds: (name) => Deno.permissions.querySync({ name }).state === "granted",
  isLoopbackOnly() {
    const state = (host: string) => Deno.permissions.querySync({ name: "net", host }).state;
    return state("127.0.0.1") === "granted" && state(NOBODY.hostname) !== "granted";
  },
  async networkIsDenied() {
    // Trying is the proof; but without the permission's refusal, a real attempt could last minutes.
    if (
      Deno.permissions.querySync({ name: "net", host: `${NOBODY.hostname}:${NOBODY.port}` }).state ===
        "granted"
    ) {
      return false;
    }
    try {
      (await Deno.connect(NOBODY)).close();
      return false;
    } catch (error) {
      return error instanceof Deno.errors.NotCapable;
    }
  },
};
