/** The most memory that this process ever held, in bytes; nothing where the system does not tell. */
export function peak(): { readonly peak?: number } {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
    return kibibytes === undefined ? {} : { peak: Number(kibibytes) * 1024 };
  } catch {
    return {};
  }
}
