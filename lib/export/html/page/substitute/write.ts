/** The page verifies and writes no archive, so the writer with its compressor stays out of it. */
export function writeZip(): never {
  throw new Error("The page writes no archive");
}
