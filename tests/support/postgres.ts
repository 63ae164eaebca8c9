/** A temporary PostgreSQL server on a socket in a temporary folder, for the duration of a test. */
export interface Postgres {
  /** Run SQL text; throws when the server refuses it. Rows come as text, columns split by tabs. */
  sql(text: string): Promise<string[][]>;
  /** Load a file, stopping at the first error. */
  load(path: string): Promise<void>;
}

/** Why no server is available; `undefined` if one is. */
export const withoutPostgres = await findBin() === undefined ? "PostgreSQL is absent" : undefined;

/** Run a test with a real server. */
export async function onPostgres(test: (postgres: Postgres) => Promise<void>): Promise<void> {
  const bin = await findBin();
  // Below /tmp: another user must reach it, and the name of its socket may have 107 bytes.
  const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "gait-pg-" });
  const root = Deno.uid() === 0;
  // The server refuses to run as root, so then it runs as the user that came with it.
  const as = async (...command: string[]) => {
    const args = root ? ["-u", "postgres", "--", ...command] : command.slice(1);
    return await run(root ? "runuser" : command[0]!, args);
  };
  try {
    if (root) await run("chown", ["postgres", folder]);
    await as(
      `${bin}/initdb`,
      "-D",
      `${folder}/data`,
      "-A",
      "trust",
      "-U",
      "postgres",
      "-E",
      "UTF8",
      "--no-sync",
    );
    const options = `-c listen_addresses='' -c unix_socket_directories=${folder} -c fsync=off`;
    await as(`${bin}/pg_ctl`, "-D", `${folder}/data`, "-l", `${folder}/log`, "-w", "-o", options, "start");
    try {
      await test({
        async sql(text) {
          const out = await run(`${bin}/psql`, [...psql(folder), "-c", text]);
          return out.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
        },
        async load(path) {
          await run(`${bin}/psql`, [...psql(folder), "--single-transaction", "-f", path]);
        },
      });
    } finally {
      await as(`${bin}/pg_ctl`, "-D", `${folder}/data`, "-m", "immediate", "stop");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function psql(socket: string): string[] {
  return ["-h", socket, "-U", "postgres", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"];
}

async function findBin(): Promise<string | undefined> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir("/usr/lib/postgresql")) {
      found.push(`/usr/lib/postgresql/${name}/bin`);
    }
  } catch {
    return undefined;
  }
  return found.sort().at(-1);
}

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
