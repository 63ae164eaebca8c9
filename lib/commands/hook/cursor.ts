import { defineHook } from "./hook.ts";

export default defineHook("cursor");
