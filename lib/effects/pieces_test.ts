import assert from "node:assert/strict";
import { pieceReader } from "./pieces.ts";

/** A stream that gives one piece a read. */
function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const piece = pieces[next++];
      if (piece) controller.enqueue(piece.slice());
      else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  });
}

Deno.test("pieceReader() gives every byte, in pieces that later reads leave alone", async () => {
  const sent = [1, 70_000, 3, 65_536, 1].map((length, i) => new Uint8Array(length).fill(i + 1));
  const reader = pieceReader(streamOf(sent));
  const pieces: Uint8Array[] = [];
  for (let piece = await reader.next(); piece; piece = await reader.next()) pieces.push(piece);
  assert.deepEqual(pieces.flatMap((piece) => [...piece]), sent.flatMap((piece) => [...piece]));
  // A short message must not keep the buffer of a long one.
  for (const piece of pieces) assert.equal(piece.buffer.byteLength, piece.length);
});

Deno.test("pieceReader() ends when the rest is discarded, and gives the error of the stream", async () => {
  const reader = pieceReader(streamOf([Uint8Array.of(1), Uint8Array.of(2)]));
  assert.deepEqual(await reader.next(), Uint8Array.of(1));
  await reader.cancel();
  assert.equal(await reader.next(), undefined);
  const failing = pieceReader(
    new ReadableStream({
      type: "bytes",
      pull() {
        throw new Error("gone");
      },
    }),
  );
  await assert.rejects(failing.next(), /gone/);
});
