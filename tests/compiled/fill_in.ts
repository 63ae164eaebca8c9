/**
 * What the program uses of its runtime and the older one of this lane lacks. It is compiled into the executables of the
 * lane alone, in front of the bundle.
 */
const prototype = Deno.FsFile.prototype as { tryLockSync?: (exclusive?: boolean) => boolean };

// It waits where the true one would return false: the cases in which a lock is held are not played (old_pair.ts).
prototype.tryLockSync ??= function (this: Deno.FsFile, exclusive) {
  this.lockSync(exclusive);
  return true;
};

// Only for commands that listen, because node:http takes a while to load.
if (Deno.args.some((argument) => ["ui", "serve", "gateway"].includes(argument))) {
  const { IncomingMessage } = await import("node:http");
  // Deno 2.4 leaves it false for ever: here an end of the body without an error counts.
  Object.defineProperty(IncomingMessage.prototype, "complete", {
    get(this: { readableEnded: boolean }) {
      return this.readableEnded;
    },
    set() {},
  });
}
