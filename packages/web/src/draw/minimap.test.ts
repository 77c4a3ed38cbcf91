import { describe, expect, it } from 'vitest';
import { encodeColumns, type FixtureRow, randomTrace } from '../../test/trace-columns.ts';
import { readColumns } from '../model/columns.ts';
import { buildTraceStore } from '../model/trace-store.ts';
import { boundsOf } from '../model/viewport.ts';
import { paintMinimap, pixelOf } from './minimap.ts';

const PATH = 0xff00_00ff;
const ERROR = 0xff00_0000;

function paint(rows: readonly FixtureRow[], width = 100, height = 64) {
  const store = buildTraceStore(readColumns(encodeColumns(rows)));
  const services = Uint32Array.from(store.services, (_, i) => i + 1);
  const bounds = boundsOf(store.wallStart, store.wallEnd);
  const pixels = paintMinimap(store, bounds, width, height, 1, {
    services,
    error: ERROR,
    path: PATH,
  });
  return { at: (x: number, y: number) => pixels[y * width + x], pixels, store };
}

describe('paintMinimap', () => {
  it('puts each span at its depth and time', () => {
    const { at } = paint([
      { parent: -1, start: 0, duration: 1000, service: 'a' },
      { parent: 0, start: 500, duration: 250, service: 'b' },
    ]);
    expect(at(10, 6)).toBe(1);
    expect(at(99, 6)).toBe(1);
    expect(at(60, 13)).toBe(2);
    expect(at(40, 13)).toBe(0);
    expect(at(80, 13)).toBe(0);
  });

  it('marks errors above and the critical path below', () => {
    const { at } = paint([
      { parent: -1, start: 0, duration: 1000 },
      { parent: 0, start: 300, duration: 10, status: 2 },
    ]);
    expect(at(30, 0)).toBe(ERROR);
    expect(at(60, 0)).toBe(0);
    expect(at(60, 63)).toBe(PATH);
  });

  it('shows a nanosecond beside hours', () => {
    const { at } = paint([
      { parent: -1, start: 0, duration: 3 * 3600e9, service: 'a' },
      { parent: 0, start: 5400e9, duration: 1, service: 'b' },
    ]);
    expect(at(50, 13)).toBe(2);
  });

  it('holds more levels than lines, and nothing at all', () => {
    const deep = Array.from({ length: 500 }, (_, i) => ({
      parent: i - 1,
      start: i,
      duration: 1000 - i,
    }));
    expect(paint(deep).pixels.some((pixel) => pixel === 1)).toBe(true);
    expect(paint([], 10, 10).pixels.every((pixel) => pixel === 0)).toBe(true);
    expect(paint(randomTrace(50), 3, 1).pixels).toHaveLength(3);
  });

  it('writes colours as ImageData keeps them', () => {
    expect([...new Uint8Array(Uint32Array.of(pixelOf('#123456')).buffer)]).toEqual([
      0x12, 0x34, 0x56, 255,
    ]);
  });
});
