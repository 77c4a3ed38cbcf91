/**
 * Spans of a trace as the engine has them, in a form that a test can compare: ids as hex, attributes of every type in
 * one object.
 */
import type { Engine } from '@clew/store';

export interface StoredEvent {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface StoredSpan {
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly message: string;
  readonly scope: string;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly events: readonly StoredEvent[];
  /** Span ids of what is linked to, with the link's attributes. */
  readonly links: readonly { readonly spanId: string; readonly attributes: object }[];
  readonly listener: string;
}

type Row = Record<string, string | number> & {
  readonly events: readonly Record<string, unknown>[];
  readonly links: readonly Record<string, unknown>[];
} & Record<`${'attr' | 'res'}_${(typeof TYPES)[number]}`, Record<string, unknown>>;

const TYPES = ['str', 'int', 'num', 'bool'] as const;

const COLUMNS = `lower(hex(span_id)) as span, lower(hex(parent_span_id)) as parent, service, name,
  toString(kind) as kind, toString(status) as status, status_message, scope_name, listener,
  toString(toUnixTimestamp64Nano(ts)) as start_ns, toString(duration_ns) as duration,
  attr_str, attr_int, attr_num, attr_bool, res_str, res_int, res_num, res_bool, events,
  arrayMap(link -> (lower(hex(link.span_id)), link.str), links) as links`;

/** Oldest first. */
export async function storedSpans(engine: Engine, traceId: string): Promise<StoredSpan[]> {
  const { rows } = await engine.rows<Row>(
    {
      text: `select ${COLUMNS} from spans where trace_id = unhex('${traceId}') order by ts, kind`,
      params: {},
    },
    { secondsMax: 30, rowsMax: 1000 },
  );
  return rows.map(storedSpan);
}

function storedSpan(row: Row): StoredSpan {
  const text = (key: string) => String(row[key] ?? '');
  return {
    spanId: text('span').padStart(16, '0'),
    parentId:
      text('parent') === '0' || text('parent') === '00' ? '' : text('parent').padStart(16, '0'),
    service: text('service'),
    name: text('name'),
    kind: text('kind'),
    status: text('status'),
    message: text('status_message'),
    scope: text('scope_name'),
    startNs: BigInt(text('start_ns')),
    durationNs: BigInt(text('duration')),
    attributes: merged(row, 'attr_'),
    resource: merged(row, 'res_'),
    events: row.events.map((event) => ({
      name: String(event['name']),
      attributes: merged(event, ''),
    })),
    links: row.links.map((link) => {
      const [spanId, attributes] = Object.values(link);
      return { spanId: String(spanId).padStart(16, '0'), attributes: attributes as object };
    }),
    listener: text('listener'),
  };
}

function merged(row: Readonly<Record<string, unknown>>, prefix: string): Record<string, unknown> {
  return Object.assign({}, ...TYPES.map((type) => row[`${prefix}${type}`]));
}

/** Asks until that many spans are stored, for clients that send when they like. */
export async function awaitSpans(
  engine: Engine,
  load: () => Promise<void>,
  traceId: string,
  count: number,
): Promise<StoredSpan[]> {
  for (const until = performance.now() + 10_000; ; ) {
    await load();
    const spans = await storedSpans(engine, traceId);
    if (spans.length >= count || performance.now() > until) return spans;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
