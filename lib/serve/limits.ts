/** What a request to a server of this program may cost (docs/spec/mcp.md section 6). Milliseconds. */
export const SERVE_LIMITS = {
  headerTimeout: 5_000,
  requestTimeout: 30_000,
  idleTimeout: 60_000,
  maxConnections: 512,
  maxHeaderBytes: 64 * 1024,
} as const;

/** How long accepted requests may take once the server was asked to stop. Milliseconds. */
export const STOP_PATIENCE = 20_000;
