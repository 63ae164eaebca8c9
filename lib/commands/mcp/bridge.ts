import proxy from "./proxy.ts";

/** `gait mcp bridge`: an alias of `gait mcp proxy` that some clients use (docs/spec/mcp.md 2). */
export default {
  ...proxy,
  examples: ["gait mcp bridge --policy policy.yaml --call call.json"],
};
