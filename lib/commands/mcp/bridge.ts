import proxy from "./proxy.ts";

/** `gait mcp bridge`: the same as `gait mcp proxy`, under the name that some clients know (docs/spec/mcp.md 2). */
export default {
  ...proxy,
  examples: ["gait mcp bridge --policy policy.yaml --call call.json"],
};
