/** Floor 0: the one error type and the meaning of its codes. Imports nothing. */
export * from "./codes.ts";
export * from "./error.ts";
