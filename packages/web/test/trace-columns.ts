/**
 * Traces as the server sends them, made by hand: rows → the documented binary layout, and a seeded large trace.
 *
 * Used by tests of the reader and the model; screens are tested against the real server.
 * Never knows: the code under test.
 */

/** One span of a fixture. `parent` is a row index, −1 for none, −2 for missing. */
export interface FixtureRow {
  readonly parent: number;
  readonly start: number;
  readonly duration: number;
  readonly name?: string;
  readonly service?: string;
  readonly kind?: number;
  readonly status?: number;
  readonly flags?: number;
  /** 16 hex digits; by default made from the row. */
  readonly spanId?: string;
}

const BYTES = { i32: 4, f64: 8, u8: 1, u16: 2, u64be: 8 } as const;

/** Encodes rows, which must be in start order as the server guarantees (unless a test is about that). */
export function encodeColumns(rows: readonly FixtureRow[]): ArrayBuffer {
  const names = [...new Set(rows.map((row) => row.name ?? 'op'))];
  const services = [...new Set(rows.map((row) => row.service ?? 'svc'))];
  const nameIds = new Map(names.map((name, id) => [name, id]));
  const serviceIds = new Map(services.map((name, id) => [name, id]));
  const types = {
    parent: 'i32',
    start: 'f64',
    duration: 'f64',
    spanId: 'u64be',
    name: 'u16',
    service: 'u16',
    kind: 'u8',
    status: 'u8',
    flags: 'u8',
  } as const;
  let size = 0;
  const columns = Object.fromEntries(
    Object.entries(types).map(([name, type]) => {
      const at = size;
      size += Math.ceil((rows.length * BYTES[type]) / 8) * 8;
      return [name, { at, type }];
    }),
  );
  const header = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    baseNs: '1770000000000000000',
    spans: rows.length,
    complete: true,
    services: services.map((name, look) => ({ name, look })),
    names,
    columns,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const body = new ArrayBuffer(8 + padded + size);
  const bytes = new Uint8Array(body);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(new TextEncoder().encode('CLW1'));
  bytes.set(text, 8);
  const view = new DataView(body);
  view.setUint32(4, padded, true);
  const at = (name: keyof typeof types, row: number) =>
    8 + padded + columns[name]!.at + row * BYTES[types[name]];
  rows.forEach((row, i) => {
    view.setInt32(at('parent', i), row.parent, true);
    view.setFloat64(at('start', i), row.start, true);
    view.setFloat64(at('duration', i), row.duration, true);
    view.setBigUint64(at('spanId', i), BigInt(`0x${row.spanId ?? idOf(i)}`));
    view.setUint16(at('name', i), nameIds.get(row.name ?? 'op')!, true);
    view.setUint16(at('service', i), serviceIds.get(row.service ?? 'svc')!, true);
    view.setUint8(at('kind', i), row.kind ?? 1);
    view.setUint8(at('status', i), row.status ?? 0);
    view.setUint8(at('flags', i), row.flags ?? 0);
  });
  return body;
}

/** The span id of a row that names none. */
export function idOf(row: number): string {
  return (0xa000_0000_0000_0000n + BigInt(row)).toString(16);
}

/** A random tree of `spans` spans, the same for the same seed, in start order, inside one root of a second. */
export function randomTrace(spans: number, seed = 1): FixtureRow[] {
  const random = mulberry(seed);
  const rows: { parent: number; start: number; duration: number }[] = [
    { parent: -1, start: 0, duration: 1e9 },
  ];
  for (let i = 1; i < spans; i++) {
    const parent = Math.floor(i * (1 - random() ** 2 * 0.6) * random());
    const above = rows[parent]!;
    const start = Math.floor(above.start + random() * above.duration);
    rows.push({
      parent,
      start,
      duration: Math.floor(random() ** 3 * (above.start + above.duration - start)),
    });
  }
  const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.start - rows[b]!.start || a - b);
  const rowOf = new Map(order.map((original, row) => [original, row]));
  return order.map((original) => {
    const { parent, start, duration } = rows[original]!;
    return {
      parent: parent < 0 ? -1 : rowOf.get(parent)!,
      start,
      duration,
      service: `service-${Math.floor(random() * 12)}`,
      name: `operation ${Math.floor(random() * 60)}`,
      kind: 1 + Math.floor(random() * 5),
      status: random() < 0.002 ? 2 : 0,
    };
  });
}

/** Mulberry32: a 32-bit generator that is the same everywhere. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
