import { policyMigration } from "../../policy/parse.ts";
import { GaitError } from "../../errors/mod.ts";
import { failure, type Outcome } from "../outcome.ts";

/** Run a command that reads a policy. For a policy in an older language its JSON error has migration instructions. */
export async function withMigration(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    const migration = policyMigration(error);
    if (migration && error instanceof GaitError) return failure(error, { migration });
    throw error;
  }
}
