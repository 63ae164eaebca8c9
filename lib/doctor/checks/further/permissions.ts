import { type Check, fail, pass } from "../../check.ts";

/** No command needs these permissions, so no build has them. */
const NEVER = ["sys", "ffi"] as const;

/** This process has no more permissions than it declares. */
export const PERMISSIONS: Check = {
  id: "permissions",
  scope: "universal",
  title: "Each command has no more permissions than it declares",
  async look({ commands, effects }) {
    const probe = await effects.permissions();
    const needs = await commands();
    const held = [...NEVER, "net" as const].filter((name) => probe.holds(name));
    const details = Object.fromEntries(needs.map((command) => [command.name, command.needs]));
    if (held.length > 0) {
      return { ...fail(`this process still has permissions that it dropped: ${held.join(", ")}`), details };
    }
    const online = needs.filter((command) => command.needs.includes("net")).map(({ name }) => name);
    return {
      ...pass(
        `of ${needs.length} commands, these retain the network permission of this build: ${
          online.join(", ") || "none"
        }`,
      ),
      details,
    };
  },
};

/** An offline command can't reach other machines (docs/threat_model.md 45). */
export const NETWORK: Check = {
  id: "network_probe",
  scope: "universal",
  title: "An offline command can't reach the network",
  async look({ effects }) {
    const probe = await effects.permissions();
    return await probe.networkIsDenied()
      ? pass("a connection beyond loopback is refused before anything is sent")
      : fail("this process can reach other machines", { command: "use a released executable" });
  },
};
