import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../test/damage.ts';
import { decodeTraces } from './decode.ts';
import { encodeTraces } from './encode.ts';
import { type Frame, type FrameFacts, frame, readFrames } from './frame.ts';

const facts: FrameFacts = { tenant: 'acme', listener: 'otlp_http', arrivedMs: 1_750_000_000_123 };

const bodyOf = (size: number) =>
  encodeTraces({ resourceSpans: [{ schemaUrl: 'https://example.com/'.padEnd(size, 'x') }] });

/** A segment of frames around bodies of the given sizes, and where each frame ends. */
function segmentOf(...sizes: number[]): { bytes: Uint8Array; ends: number[] } {
  const bytes: number[] = [];
  const ends: number[] = [];
  for (const size of sizes) {
    const { head, body, trailer } = frame(bodyOf(size), facts, crc32);
    bytes.push(...head, ...body, ...trailer);
    ends.push(bytes.length);
  }
  return { bytes: Uint8Array.from(bytes), ends };
}

const read = (bytes: Uint8Array) => [...readFrames(bytes, crc32)];
const statesOf = (bytes: Uint8Array) => read(bytes).map(({ state }) => state);

describe('frames', () => {
  it('come back as they were written', () => {
    const { bytes, ends } = segmentOf(20, 300, 20_000);
    const frames = read(bytes) as Frame[];
    expect(frames.map(({ end }) => end)).toEqual(ends);
    expect(frames.map(({ body }) => body)).toEqual([bodyOf(20), bodyOf(300), bodyOf(20_000)]);
    expect(frames[2]).toMatchObject({ ...facts, state: 'whole', at: ends[1] });
  });

  it('are TracesData to a decoder, trailer and all', () => {
    const { head, body, trailer } = frame(bodyOf(30), facts, crc32);
    expect(decodeTraces(Uint8Array.from([...body, ...trailer]))).toEqual(decodeTraces(body));
    expect(head).toEqual(Uint8Array.of(body.length + trailer.length));
  });

  it('may hold an empty body', () => {
    const { head, body, trailer } = frame(new Uint8Array(0), facts, crc32);
    expect(read(Uint8Array.from([...head, ...body, ...trailer]))).toMatchObject([
      { ...facts, state: 'whole', body: new Uint8Array(0) },
    ]);
  });

  it('of an empty segment are none', () => {
    expect(read(new Uint8Array(0))).toEqual([]);
  });

  it('that are cut off at any offset are a torn tail, after whole ones', () => {
    const { bytes, ends } = segmentOf(20, 200);
    for (let size = 1; size < bytes.length; size += 1) {
      const expected =
        size < ends[0]! ? ['torn'] : size === ends[0] ? ['whole'] : ['whole', 'torn'];
      expect([size, statesOf(bytes.subarray(0, size))]).toEqual([size, expected]);
    }
  });

  it('before a run of zeros are whole, and the zeros are torn', () => {
    const { bytes, ends } = segmentOf(20);
    const padded = new Uint8Array(bytes.length + 4096);
    padded.set(bytes);
    expect(read(padded)).toMatchObject([
      { state: 'whole' },
      { state: 'torn', at: ends[0], end: padded.length },
    ]);
  });

  it('with any bit flipped are found out, and their neighbours found again', () => {
    const { bytes, ends } = segmentOf(20, 40, 60);
    for (let bit = 8 * ends[0]!; bit < 8 * ends[1]!; bit += 1) {
      const hurt = bytes.slice();
      hurt[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, read(hurt)]).toMatchObject([
        bit,
        [
          { state: 'whole', at: 0, end: ends[0] },
          { state: 'damaged', at: ends[0], end: ends[1] },
          { state: 'whole', at: ends[1], end: ends[2] },
        ],
      ]);
    }
  });

  it('are never made up from noise', () => {
    const random = createRandom(3);
    const noise = Uint8Array.from({ length: 20_000 }, () => Math.floor(random() * 256));
    expect(statesOf(noise)).toEqual(['torn']);
  });
});
