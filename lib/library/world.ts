import { realWorld, type World } from "../effects/mod.ts";

/** The world of a program: nothing in the library looks for runs at home, so it needs no leave to read the environment. */
export function programWorld(): World {
  return realWorld({ home: "" });
}
