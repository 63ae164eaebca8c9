import { defineHook } from "./hook.ts";

export default defineHook("codex");
