/**
 * Step 9 of 10 in a span's walk.   before: api/src/native/routes.ts   after: draw/waterfall.ts
 *
 * The reader of `application/vnd.clew.trace-columns`, the binary form in which a trace travels.
 *
 * Layout, little-endian: "CLW1" · u32 header length · header JSON padded with spaces · buffers, each at a multiple
 * of 8 from the first. Rows are in start order. The reader makes views, never copies, and refuses anything whose
 * sizes, dictionary ids or parents do not fit, so that nothing behind it needs to check again.
 *
 * Never knows: how a trace is drawn, or that a server exists.
 */

export interface ServiceEntry {
  readonly name: string;
  /** The colour slot the server registered for the service, 0 and up; it wraps at 24. */
  readonly look: number;
}

/** One trace as parallel arrays in start order. Times are nanoseconds from `baseNs`. */
export interface TraceColumns {
  readonly traceId: string;
  /** Epoch nanoseconds that all starts are counted from, as decimal text (it does not fit a number). */
  readonly baseNs: string;
  readonly spans: number;
  /** False when the server had to cut the trace. */
  readonly complete: boolean;
  readonly services: readonly ServiceEntry[];
  readonly names: readonly string[];
  /** Row of the parent; −1: no parent id, −2: the parent is not among the rows. */
  readonly parent: Int32Array;
  readonly start: Float64Array;
  readonly duration: Float64Array;
  /** 8 raw bytes per row. */
  readonly spanId: Uint8Array;
  readonly name: Uint16Array | Uint32Array;
  readonly service: Uint8Array | Uint16Array;
  /** OTLP span kind 0 … 5. */
  readonly kind: Uint8Array;
  /** OTLP status code 0 … 2; 2 is an error. */
  readonly status: Uint8Array;
  /** Bits of `SPAN_HAS`. */
  readonly flags: Uint8Array;
}

/** Meaning of the bits in `flags`, as the server sets them. */
export const SPAN_HAS = { events: 1, links: 2, marks: 4, exception: 8 } as const;

/** The answer was not a trace in the documented layout. `message` says what was found and what was wanted. */
export class ColumnsError extends Error {
  override readonly name = 'ColumnsError';
}

const MAGIC = 0x31574c43; // "CLW1" read as a little-endian u32

const VIEWS = {
  i32: Int32Array,
  f64: Float64Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
} as const;

type ViewType = keyof typeof VIEWS;

interface Header {
  readonly traceId: string;
  readonly baseNs: string;
  readonly spans: number;
  readonly complete: boolean;
  readonly services: readonly ServiceEntry[];
  readonly names: readonly string[];
  readonly columns: Readonly<Record<string, { readonly at: number; readonly type: string }>>;
}

/** Reads one answer body. Throws `ColumnsError` on anything torn, misaligned or out of range. */
export function readColumns(body: ArrayBuffer): TraceColumns {
  const { header, buffersAt } = readHeader(body);
  const column = <T extends ViewType>(name: string, allowed: readonly T[]) =>
    view(body, header, buffersAt, name, allowed);
  const columns: TraceColumns = {
    traceId: header.traceId,
    baseNs: header.baseNs,
    spans: header.spans,
    complete: header.complete,
    services: header.services,
    names: header.names,
    parent: column('parent', ['i32']),
    start: column('start', ['f64']),
    duration: column('duration', ['f64']),
    spanId: idBytes(body, header, buffersAt),
    name: column('name', ['u16', 'u32']),
    service: column('service', ['u8', 'u16']),
    kind: column('kind', ['u8']),
    status: column('status', ['u8']),
    flags: column('flags', ['u8']),
  };
  checkValues(columns);
  return columns;
}

function readHeader(body: ArrayBuffer): { header: Header; buffersAt: number } {
  if (body.byteLength < 8) {
    throw new ColumnsError(`trace columns end after ${body.byteLength} bytes, at least 8 wanted`);
  }
  const lead = new DataView(body);
  if (lead.getUint32(0, true) !== MAGIC) {
    throw new ColumnsError('trace columns do not begin with "CLW1": not an answer of this server');
  }
  const buffersAt = 8 + lead.getUint32(4, true);
  if (buffersAt > body.byteLength || buffersAt % 8 !== 0) {
    throw new ColumnsError(`header of trace columns reaches to byte ${buffersAt}, answer is torn`);
  }
  const text = new TextDecoder().decode(new Uint8Array(body, 8, buffersAt - 8));
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw new ColumnsError('header of trace columns is not JSON', { cause });
  }
  if (!isHeader(header)) {
    throw new ColumnsError('header of trace columns lacks spans, services, names or columns');
  }
  return { header, buffersAt };
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const header = value as Partial<Header>;
  return (
    typeof header.traceId === 'string' &&
    typeof header.baseNs === 'string' &&
    Number.isSafeInteger(header.spans) &&
    header.spans! >= 0 &&
    typeof header.complete === 'boolean' &&
    Array.isArray(header.services) &&
    header.services.every((s) => typeof s?.name === 'string' && Number.isFinite(s?.look)) &&
    Array.isArray(header.names) &&
    header.names.every((name) => typeof name === 'string') &&
    typeof header.columns === 'object' &&
    header.columns !== null
  );
}

function view<T extends ViewType>(
  body: ArrayBuffer,
  header: Header,
  buffersAt: number,
  name: string,
  allowed: readonly T[],
): InstanceType<(typeof VIEWS)[T]> {
  const declared = header.columns[name];
  const type = allowed.find((candidate) => candidate === declared?.type);
  if (declared === undefined || type === undefined) {
    throw new ColumnsError(
      `column ${name} has type ${declared?.type ?? 'none'}, ${allowed.join(' or ')} wanted`,
    );
  }
  const View = VIEWS[type];
  const at = fit(body, buffersAt, name, declared.at, header.spans * View.BYTES_PER_ELEMENT);
  return new View(body, at, header.spans) as InstanceType<(typeof VIEWS)[T]>;
}

function idBytes(body: ArrayBuffer, header: Header, buffersAt: number): Uint8Array {
  const declared = header.columns['spanId'];
  if (declared?.type !== 'u64be') {
    throw new ColumnsError(`column spanId has type ${declared?.type ?? 'none'}, u64be wanted`);
  }
  const at = fit(body, buffersAt, 'spanId', declared.at, header.spans * 8);
  return new Uint8Array(body, at, header.spans * 8);
}

function fit(
  body: ArrayBuffer,
  buffersAt: number,
  name: string,
  at: number,
  bytes: number,
): number {
  const from = buffersAt + at;
  if (!Number.isSafeInteger(at) || at < 0 || at % 8 !== 0 || from + bytes > body.byteLength) {
    throw new ColumnsError(
      `column ${name} reaches to byte ${from + bytes} of ${body.byteLength}: the answer is torn`,
    );
  }
  return from;
}

function checkValues(columns: TraceColumns): void {
  const { spans, parent, start, duration, name, service } = columns;
  for (let row = 0; row < spans; row++) {
    if (parent[row]! < -2 || parent[row]! >= spans) {
      throw new ColumnsError(
        `row ${row} names row ${parent[row]} as parent, below ${spans} wanted`,
      );
    }
    if (name[row]! >= columns.names.length || service[row]! >= columns.services.length) {
      throw new ColumnsError(`row ${row} names an entry that its dictionary does not have`);
    }
    if (!Number.isFinite(start[row]!) || !Number.isFinite(duration[row]!)) {
      throw new ColumnsError(`row ${row} has no finite time`);
    }
  }
}
