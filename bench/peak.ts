/** Peak memory of this process in bytes; empty if the system does not report it. */
export function peak(): { readonly peak?: number } {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
    return kibibytes === undefined ? {} : { peak: Number(kibibytes) * 1024 };
  } catch {
    return {};
  }
}
