import assert from "node:assert/strict";
import { withLock } from "./lock.ts";
import { inFolder } from "../../tests/support/folder.ts";

const withPaths = (test: (path: (name: string) => string) => Promise<void>) =>
  inFolder((folder) => test((name) => `${folder}/${name}`));

const exists = async (path: string) => await Deno.lstat(path).then(() => true, () => false);

Deno.test("withLock() holds the lock file during the step and removes it afterwards, also after an error", async () => {
  await withPaths(async (path) => {
    assert.equal(await withLock(path("f"), () => exists(path("f.lock"))), true);
    assert.equal(await exists(path("f.lock")), false);
    await assert.rejects(withLock(path("f"), () => Promise.reject(new Error("step"))), /step/);
    assert.equal(await exists(path("f.lock")), false);
  });
});

Deno.test("withLock() puts its lock in place whole, and leaves nothing else in the folder", async () => {
  await withPaths(async (path) => {
    const names = () => [...Deno.readDirSync(path(""))].map((entry) => entry.name);
    await withLock(path("f"), async () => {
      assert.deepEqual(names(), ["f.lock"]);
      assert((await Deno.readTextFile(path("f.lock"))).includes("gait-ts"));
      await assert.rejects(withLock(path("f"), () => Promise.resolve(), { wait: 0 }), {
        code: "state_contention",
      });
      assert.deepEqual(names(), ["f.lock"], "who waited in vain cleared up");
    });
    assert.deepEqual(names(), []);
  });
});

Deno.test("withLock() does not remove a lock that somebody else took over meanwhile", async () => {
  await withPaths(async (path) => {
    await withLock(path("f"), async () => {
      await Deno.remove(path("f.lock"));
      await Deno.writeTextFile(path("f.lock"), "another program\n");
    });
    assert.equal(await Deno.readTextFile(path("f.lock")), "another program\n");
  });
});

Deno.test("withLock() never runs two steps at the same time", async () => {
  await withPaths(async (path) => {
    let inside = 0;
    let runs = 0;
    await Promise.all(Array.from({ length: 12 }, () =>
      withLock(path("f"), async () => {
        assert.equal(++inside, 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside--;
        runs++;
      })));
    assert.equal(runs, 12);
  });
});

Deno.test("withLock() waits in vain for a fresh lock of another implementation", async () => {
  await withPaths(async (path) => {
    await Deno.writeTextFile(path("f.lock"), "12345\n");
    await assert.rejects(withLock(path("f"), () => Promise.resolve(), { wait: 30 }), {
      code: "state_contention",
    });
    assert.equal(await Deno.readTextFile(path("f.lock")), "12345\n", "it must stay");
    await Deno.writeTextFile(path("f.lock"), "");
    await assert.rejects(withLock(path("f"), () => Promise.resolve(), { wait: 0 }), {
      code: "state_contention",
    });
  });
});

Deno.test("withLock() takes a lock of another implementation that is two minutes old", async () => {
  await withPaths(async (path) => {
    await Deno.writeTextFile(path("f.lock"), "12345\n");
    const age = async (seconds: number) => {
      const then = new Date(Date.now() - seconds * 1000);
      await Deno.utime(path("f.lock"), then, then);
    };
    await age(100);
    await assert.rejects(withLock(path("f"), () => Promise.resolve(), { wait: 0 }), {
      code: "state_contention",
    });
    await age(125);
    assert.equal(await withLock(path("f"), () => Promise.resolve("in"), { wait: 0 }), "in");
  });
});

Deno.test("withLock() refuses a pipe or a folder in the place of the lock, instead of waiting for it", async () => {
  await withPaths(async (path) => {
    await new Deno.Command("mkfifo", { args: [path("f.lock")] }).output();
    await Deno.mkdir(path("g.lock"));
    for (const name of ["f", "g"]) {
      await assert.rejects(withLock(path(name), () => Promise.resolve()), { code: "invalid_input" });
      assert.equal(await exists(path(`${name}.lock`)), true);
    }
  });
});

Deno.test("withLock() refuses a link in the place of the lock, and leaves its target alone", async () => {
  await withPaths(async (path) => {
    await Deno.writeTextFile(path("victim"), "untouched");
    for (const target of ["victim", "nowhere"]) {
      await Deno.symlink(path(target), path("f.lock"));
      await assert.rejects(withLock(path("f"), () => Promise.resolve(), { wait: 0 }), {
        code: "unsafe_operation",
      });
      await Deno.remove(path("f.lock"));
    }
    assert.equal(await Deno.readTextFile(path("victim")), "untouched");
    assert.equal(await exists(path("nowhere")), false);
  });
});

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holder(lock: string): Promise<Deno.ChildProcess> {
  const module = JSON.stringify(new URL("lock.ts", import.meta.url).href);
  const script = `import { withLock } from ${module};
    await withLock(${JSON.stringify(lock)}, async () => {
      Deno.stdout.writeSync(new TextEncoder().encode("held"));
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=js", script],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "held");
  await reader.cancel();
  return child;
}

Deno.test("withLock() waits for a living process, and takes over immediately when it is killed", async () => {
  await withPaths(async (path) => {
    const child = await holder(path("f"));
    await assert.rejects(withLock(path("f"), () => Promise.resolve(), { wait: 50 }), {
      code: "state_contention",
    });
    assert.equal(await exists(path("f.lock")), true);
    child.kill("SIGKILL");
    await child.status;
    assert.equal(await exists(path("f.lock")), true, "the dead process can't have removed it");
    assert.equal(await withLock(path("f"), () => Promise.resolve("in"), { wait: 0 }), "in");
    assert.equal(await exists(path("f.lock")), false);
  });
});

Deno.test("withLock() writes the given content and checks locks of other owners with the given rule", async () => {
  await withPaths(async (path) => {
    const options = {
      wait: 0,
      content: (mark: string, pid: number) => `{"pid":${pid},"holder":"${mark}"}\n`,
      isLeftOver: (content: string, age: number) => content === "old" && age < 60_000,
    };
    const held = await withLock(path("f"), () => Deno.readTextFile(path("f.lock")), options);
    assert.deepEqual(JSON.parse(held), { pid: Deno.pid, holder: "gait-ts" });
    await Deno.writeTextFile(path("f.lock"), held); // the system does not hold it: its owner is dead
    assert.equal(await withLock(path("f"), () => Promise.resolve("in"), options), "in");
    await Deno.writeTextFile(path("f.lock"), "old");
    assert.equal(await withLock(path("f"), () => Promise.resolve("in"), options), "in");
    await Deno.writeTextFile(path("f.lock"), "new");
    await assert.rejects(withLock(path("f"), () => Promise.resolve(), options), { code: "state_contention" });
  });
});
