/** Limits of the server of the page. Times are in milliseconds. */
export const UI_LIMITS = {
  headerTimeout: 5_000,
  requestTimeout: 20_000,
  /** Longer than a command may run, so that its answer still finds a connection. */
  idleTimeout: 150_000,
  maxConnections: 128,
  maxHeaderBytes: 32 * 1024,
} as const;

/** Largest request; a policy in the editor is the largest thing that is sent. */
export const MAX_REQUEST_BYTES = 1 << 20;

/** How long a command of the page may run. */
export const COMMAND_TIMEOUT = 120_000;

/** How much output of a command is kept, in bytes. */
export const COMMAND_OUTPUT = 4 << 20;

/** How long accepted requests may take after the server was asked to stop. */
export const UI_STOP_PATIENCE = 2_000;
