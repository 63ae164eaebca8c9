/** Label of a runpack: it holds digests alone, or arguments and results too. */
export type CaptureMode = "reference" | "raw";

/** The words for it. */
export const CAPTURE_MODES = ["reference", "raw"] as const satisfies readonly CaptureMode[];
