/** Takes the content of one entry, piece by piece. */
export interface EntrySink {
  push(chunk: Uint8Array): void;
  /** Called when the entry was read to its end and its checksum holds. */
  end(): void;
}
