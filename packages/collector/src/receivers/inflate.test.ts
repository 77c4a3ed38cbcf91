import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { request } from '../../test/traffic.ts';
import { inflate, readEncoding } from './inflate.ts';

const MiB = 2 ** 20;
const LIMIT = 64 * MiB;

/** A zstd frame by hand: header, then blocks of [type, size, bytes]. RFC 8878 §3.1.1. */
function zstdFrame(
  window: number,
  blocks: readonly { type: 0 | 1 | 2; size: number; bytes: Uint8Array }[],
): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, window]);
  const parts = blocks.map(({ type, size, bytes }, index) => {
    const isLast = index === blocks.length - 1 ? 1 : 0;
    const header = Buffer.alloc(3);
    header.writeUIntLE(isLast | (type << 1) | (size << 3), 0, 3);
    return Buffer.concat([header, bytes]);
  });
  return Buffer.concat([head, ...parts]);
}

const raw = (bytes: Uint8Array) => ({ type: 0 as const, size: bytes.length, bytes });
const run = (byte: number, size: number) => ({
  type: 1 as const,
  size,
  bytes: Uint8Array.of(byte),
});
/** A window descriptor for 2^(10 + exponent) bytes. */
const windowOf = (exponent: number) => exponent << 3;

describe('encodings', () => {
  test.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['zstd', 'zstd'],
    ['br', undefined],
    ['gzip, gzip', undefined],
  ])('%s is %s', (header, encoding) => {
    expect(readEncoding(header)).toBe(encoding);
  });

  test('gzip of several members is one body', async () => {
    const body = Buffer.concat([gzipSync('one '), gzipSync('two')]);
    expect(Buffer.from(await inflate(body, 'gzip', LIMIT)).toString()).toBe('one two');
  });

  test('zstd of raw and run-length blocks, several frames and a skippable one', async () => {
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);
    const body = Buffer.concat([
      zstdFrame(windowOf(10), [raw(Buffer.from('abc')), run(0x64, 3)]),
      skippable,
      zstdFrame(windowOf(10), [raw(Buffer.from('!'))]),
    ]);
    expect(Buffer.from(await inflate(body, 'zstd', LIMIT)).toString()).toBe('abcddd!');
  });

  test.each([
    ['28b52ffd045865000030636c6577200a0100708a1664296b25', `${'clew '.repeat(7)}clew\n`],
    [
      '28b52ffd0468250100987370616e2030207370616e2031323334353620060063aa2882c1c010300e0c5643f902bb846c7c',
      Array.from({ length: 40 }, (_, n) => `span ${n % 7}`).join(' '),
    ],
  ])('zstd as the zstd program writes it: %s', async (hex, text) => {
    const body = await inflate(Buffer.from(hex, 'hex'), 'zstd', LIMIT);
    expect(Buffer.from(body).toString()).toBe(text);
  });

  test.each(['gzip', 'deflate', 'zstd'] as const)('%s that is none is told', async (encoding) => {
    await expect(inflate(request(), encoding, LIMIT)).rejects.toMatchObject({
      code: 'BAD_COMPRESSION',
    });
  });

  test.each(['gzip', 'deflate', 'zstd'] as const)('%s cut short is told', async (encoding) => {
    const whole = {
      gzip: gzipSync(request()),
      deflate: deflateSync(request()),
      zstd: zstdFrame(windowOf(10), [raw(request())]),
    }[encoding];
    const cut = whole.subarray(0, whole.length - 9);
    await expect(inflate(cut, encoding, LIMIT)).rejects.toMatchObject({ code: 'BAD_COMPRESSION' });
  });
});

describe('bombs', () => {
  test.each([
    ['gzip', gzipSync(Buffer.alloc(300 * MiB))],
    ['deflate', deflateSync(Buffer.alloc(300 * MiB))],
    [
      'zstd',
      zstdFrame(
        windowOf(7),
        Array.from({ length: 40_000 }, () => run(0, 128 * 1024)),
      ),
    ],
  ] as const)('%s is cut off within the memory of the limit', async (encoding, bomb) => {
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 2);
    await expect(inflate(bomb, encoding, LIMIT)).rejects.toMatchObject({
      code: expect.stringMatching(/BODY_TOO_LARGE|BODY_INFLATES_TOO_FAR/),
    });
    clearInterval(watch);
    expect(peak - before).toBeLessThan(LIMIT + 64 * MiB);
  });

  test('thirty at once take no more than a few', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * MiB));
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 2);
    const all = Array.from({ length: 30 }, () => inflate(bomb, 'gzip', LIMIT));
    for (const each of await Promise.allSettled(all)) expect(each.status).toBe('rejected');
    clearInterval(watch);
    expect(peak - before).toBeLessThan(400 * MiB);
  });

  test('a ratio that only bombs reach is refused below the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * MiB));
    await expect(inflate(bomb, 'gzip', LIMIT)).rejects.toMatchObject({
      code: 'BODY_INFLATES_TOO_FAR',
    });
  });

  test('a small body may compress as well as it likes', async () => {
    const body = await inflate(gzipSync(Buffer.alloc(3 * MiB)), 'gzip', LIMIT);
    expect(body.length).toBe(3 * MiB);
  });

  test('a zstd window of gigabytes is refused before it is allocated', async () => {
    const frame = zstdFrame(windowOf(20), [raw(Buffer.from('x'))]);
    await expect(inflate(frame, 'zstd', LIMIT)).rejects.toMatchObject({
      code: 'ZSTD_WINDOW_TOO_LARGE',
    });
  });

  test('zstd blocks that only make work are refused before the work', async () => {
    const frame = zstdFrame(
      windowOf(13),
      Array.from({ length: 100_000 }, () => run(0, 1)),
    );
    const started = performance.now();
    await expect(inflate(frame, 'zstd', LIMIT)).rejects.toMatchObject({
      code: 'BODY_INFLATES_TOO_FAR',
    });
    expect(performance.now() - started).toBeLessThan(500);
  });
});
