/** Limits for the requests and connections of a server (docs/spec/mcp.md section 6). Times are in milliseconds. */
export const SERVE_LIMITS = {
  headerTimeout: 5_000,
  requestTimeout: 30_000,
  idleTimeout: 60_000,
  maxConnections: 512,
  maxHeaderBytes: 64 * 1024,
} as const;

/** How long accepted requests may take after the server was asked to stop, in milliseconds. */
export const STOP_PATIENCE = 20_000;
