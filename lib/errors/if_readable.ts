import { GaitError } from "./mod.ts";

/** What a step makes of something that may be damaged; nothing when it can't be read. */
export async function ifReadable<T>(make: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof GaitError) return undefined;
    throw error;
  }
}
