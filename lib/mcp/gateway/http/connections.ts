import { messageOf } from "../../../errors/mod.ts";
import { hex } from "../../../formats/bytes.ts";
import type { Gateway } from "../gateway.ts";
import { connect, type Connection } from "../relay/connection.ts";
import type { After } from "../relay/types.ts";
import type { StartServer } from "../upstream/link.ts";
import { HttpSession } from "./session.ts";

/** The most sessions at a time, and how long one lasts that nobody uses, in milliseconds. */
const MAX_SESSIONS = 64;
const IDLE = 30 * 60_000;
const LOOK_EVERY = 60_000;

/** What connections are made with. */
export interface ConnectionOptions {
  readonly start: StartServer;
  readonly after: After;
  readonly now: () => number;
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  readonly notify: (text: string) => void;
}

/** The connections of an endpoint: one for each session, and one that all clients of the stateless revision share. */
export class Connections {
  readonly #sessions = new Map<string, HttpSession>();
  #shared: Promise<Connection> | undefined;
  #sharedUsed = 0;
  #callOff: () => void;

  constructor(readonly gateway: Gateway, readonly options: ConnectionOptions) {
    this.#callOff = options.after(LOOK_EVERY, () => this.#lookForIdle());
  }

  session(id: string): HttpSession | undefined {
    return this.#sessions.get(id);
  }

  /**
   * Begin a session with a server of its own; `undefined` when there are too many.
   *
   * @throws {GaitError} when the server can't be started
   */
  async begin(owner: string | undefined): Promise<HttpSession | undefined> {
    if (this.#sessions.size >= MAX_SESSIONS) return undefined;
    const session = new HttpSession(hex(this.options.random(16)), owner, this.options);
    // Before anything is awaited, so that the number of sessions is never exceeded.
    this.#sessions.set(session.id, session);
    try {
      const how = { shared: false, outlet: () => session.outlet() };
      const connection = await connect(this.gateway, this.options.start, how);
      session.connection = connection;
      void connection.serverDone.catch(() => {}).then(() => this.end(session));
      return session;
    } catch (error) {
      await this.end(session);
      throw error;
    }
  }

  async end(session: HttpSession): Promise<void> {
    this.#sessions.delete(session.id);
    await session.close().catch((error) => this.options.notify(messageOf(error)));
  }

  /** The connection of the stateless revision; begun again when its server ended. */
  shared(): Promise<Connection> {
    this.#sharedUsed = this.options.now();
    if (this.#shared) return this.#shared;
    const begun = connect(this.gateway, this.options.start, { shared: true, outlet: () => undefined });
    this.#shared = begun;
    const forget = () => {
      if (this.#shared === begun) this.#shared = undefined;
    };
    const watch = async (connection: Connection) => {
      await connection.serverEnded;
      forget();
      await connection.serverDone.catch(() => {});
      await connection.close();
    };
    begun.then(watch, forget).catch((error) => this.options.notify(messageOf(error)));
    return begun;
  }

  /** End all of them. */
  async close(): Promise<void> {
    this.#callOff();
    await Promise.all([...this.#sessions.values()].map((session) => this.end(session)));
    const connection = await this.#shared?.catch(() => undefined);
    await connection?.close();
  }

  #lookForIdle(): void {
    const { after, now, notify } = this.options;
    for (const session of this.#sessions.values()) {
      if (session.isUsed) session.lastUsed = now();
      else if (now() - session.lastUsed >= IDLE) void this.end(session);
    }
    const idle = this.#shared;
    if (idle && now() - this.#sharedUsed >= IDLE) {
      void idle.then((connection) => {
        if (connection.state.requests.size > 0) return;
        this.#shared = undefined;
        return connection.close();
      }).catch((error) => notify(messageOf(error)));
    }
    this.#callOff = after(LOOK_EVERY, () => this.#lookForIdle());
  }
}
