import { invalidInput } from "../../errors/mod.ts";
import { serveStream } from "../../gate/stream/serve.ts";
import { STOP_PATIENCE } from "../../serve/limits.ts";
import { defineCommand, integer, path } from "../define.ts";
import { served, success } from "../outcome.ts";
import { withMigration } from "../policy/migration.ts";
import { good, line } from "../text.ts";
import { GATE_FLAG_OF, keepNeeds } from "./flags.ts";
import { finishing, openOf, openOptions, streamFlags, withFlagNames } from "./open.ts";

const MAX_IN_FLIGHT = 64;
const MAX_CONNECTIONS = 256;

/** `gait gate serve`: the lines of `gait gate stream` over a Unix socket (docs/gate_stream.md). */
export default defineCommand({
  explain:
    "Listens on a Unix socket, which only its user may connect to, and decides on each connection one intent request per line, as gait gate stream does; all connections share one gate.",
  flags: {
    socket: path("file", "where the socket is made; its mode is 0600"),
    "socket-fd": integer("number", "listen on this socket that the process was started with instead", {
      least: 3,
    }),
    ...streamFlags,
    "max-in-flight": integer("lines", "largest number of lines of a connection that wait for their answers", {
      default: MAX_IN_FLIGHT,
      least: 1,
    }),
    "max-connections": integer("number", "largest number of connections; more are closed at once", {
      default: MAX_CONNECTIONS,
      least: 1,
    }),
  },
  needs: { read: true, write: true, run: true, env: true, net: true },
  flagOf: GATE_FLAG_OF,
  flagsFirst: true,
  examples: [
    "gait gate serve --socket run/gait.sock --policy policy.yaml",
    "gait gate serve --socket run/gait.sock --policy policy.yaml --key-mode prod --private-key gait.key --trace-dir traces",
    "systemd-socket-activate -l run/gait.sock gait gate serve --socket-fd 3 --policy policy.yaml",
  ],
  run: ({ flags, effects, version, correlationId, narrow, notify, announce }) =>
    withMigration(async () => {
      const { socket, "socket-fd": descriptor } = flags;
      if ((socket === undefined) === (descriptor === undefined)) {
        throw invalidInput("Cannot listen: expected either --socket or --socket-fd", {
          hint: "For example: --socket run/gait.sock",
        });
      }
      const limits = { maxLineBytes: flags["max-line-bytes"], maxInFlight: flags["max-in-flight"] };
      const options = await openOptions(flags, effects.files);
      if (options.broker?.kind !== "command") narrow({ read: true, write: true, env: true, net: true });
      const gate = await openOf(options, effects, version, await correlationId(), notify);
      return await finishing(gate, notify, async () => {
        const where = socket === undefined ? { descriptor: descriptor! } : { path: socket };
        const server = await effects.listenUnix(
          { ...where, maxConnections: flags["max-connections"] },
          async (connection) => void await serveStream(withFlagNames(gate), connection, limits),
        );
        // Listening needs the network; no call that is decided does.
        keepNeeds(options, narrow);
        const shown = socket ?? `file descriptor ${descriptor}`;
        await announce(success(
          { ...(socket === undefined ? { socket_fd: descriptor! } : { socket }), policy: options.policy },
          [line(good("gate serve"), `: ${shown} policy=${options.policy}`)],
        ));
        await server.stopped;
        await server.close(STOP_PATIENCE);
        return served();
      });
    }),
});
