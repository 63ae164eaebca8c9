/** What the list shows of a trace, as the server sends it. */
export interface Row {
  readonly path: string;
  readonly id: string;
  readonly time: string;
  readonly tool: string;
  readonly caller: string;
  readonly verdict: string;
  readonly rules: readonly string[];
  readonly reasons: readonly string[];
  readonly approved: boolean;
  readonly error?: string;
}
