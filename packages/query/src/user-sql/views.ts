/**
 * The views a user's SQL may name: the one registry, from which names are resolved, `*` is written out
 * and docs/sql.md is checked. The views themselves are store/sql/user-views/*.sql.
 *
 * Never knows: how a view is made.
 */

export type View = {
  /** Name in the database. */
  readonly table: string;
  readonly says: string;
  /** `range`: `name`, `name(from)` or `name(from, to)`; `trace`: `name('trace id')`. */
  readonly takes: 'range' | 'trace';
  readonly columns: Readonly<Record<string, string>>;
  /** Columns that `*` leaves out: forms of others that are quicker to compare. */
  readonly quiet?: readonly string[];
};

const time = "DateTime64(9, 'UTC')";
const kind = 'internal, server, client, producer, consumer or unspecified';
const status = 'unset, ok or error';
const ids = {
  trace_id: 'trace id, 32 hexadecimal digits',
  span_id: 'span id, 16 hexadecimal digits',
};

export const views: Readonly<Record<string, View>> = {
  spans: {
    table: 'sql_spans',
    says: 'every span',
    takes: 'range',
    columns: {
      ...ids,
      parent_id: 'span id of the parent, empty for a root',
      service: 'service.name of the resource',
      name: 'operation',
      kind,
      status,
      status_message: 'what the span says about its status',
      start_time: `${time}`,
      end_time: `${time}`,
      duration_ns: 'UInt64, nanoseconds',
      duration_ms: 'Float64, milliseconds',
      is_root: 'Bool: has no parent',
      is_error: "Bool: status = 'error'",
      attributes: "Map(String, String) of the span, values as text: attributes['http.route']",
      resource: "Map(String, String) of the resource: resource['deployment.environment.name']",
      scope_name: 'instrumentation scope',
      scope_version: 'its version',
      trace_state: 'W3C tracestate',
      event_count: 'UInt64',
      link_count: 'UInt64',
      arrived: 'DateTime64(3), when Clew received it',
      listener: 'where it was received',
      attr_str: 'Map of the string attributes',
      attr_int: "Map of the Int64 attributes: attr_int['http.response.status_code'] >= 500",
      attr_num: 'Map of the Float64 attributes',
      attr_bool: 'Map of the Bool attributes',
      res_str: 'Map of the string attributes of the resource',
      res_int: 'Map of the Int64 attributes of the resource',
      res_num: 'Map of the Float64 attributes of the resource',
      res_bool: 'Map of the Bool attributes of the resource',
    },
    quiet: [
      'attr_str',
      'attr_int',
      'attr_num',
      'attr_bool',
      'res_str',
      'res_int',
      'res_num',
      'res_bool',
    ],
  },
  span_events: {
    table: 'sql_span_events',
    says: 'one row per event of a span, exceptions among them; the range is that of the spans',
    takes: 'range',
    columns: {
      ...ids,
      service: 'service of the span',
      span_name: 'operation of the span',
      time: `${time}`,
      name: "name of the event: 'exception'",
      attributes: "Map(String, String): attributes['exception.type']",
    },
  },
  span_links: {
    table: 'sql_span_links',
    says: 'one row per link of a span; the range is that of the spans',
    takes: 'range',
    columns: {
      ...ids,
      service: 'service of the span',
      span_name: 'operation of the span',
      linked_trace_id: 'trace that is linked to',
      linked_span_id: 'span that is linked to',
      attributes: 'Map(String, String) of the link',
    },
  },
  traces: {
    table: 'sql_traces',
    says: 'one row per trace, from its spans that start within the range',
    takes: 'range',
    columns: {
      trace_id: ids.trace_id,
      start_time: `${time}, of the earliest span`,
      end_time: `${time}, of the last to end`,
      duration_ns: 'UInt64, nanoseconds',
      duration_ms: 'Float64, milliseconds',
      root_service: 'service of the root, or of the earliest span while there is none',
      root_name: 'operation of the root',
      root_status: status,
      roots: 'UInt64, spans without a parent',
      spans: 'UInt64',
      errors: 'UInt64, spans with status error',
      services: 'Array(String), sorted',
    },
  },
  calls: {
    table: 'sql_calls',
    says: 'one row per child span with its parent: who calls whom',
    takes: 'range',
    columns: {
      trace_id: ids.trace_id,
      parent_id: 'span id of the caller',
      parent_service: 'service of the caller',
      parent_name: 'operation of the caller',
      parent_kind: kind,
      parent_duration_ms: 'Float64',
      span_id: 'span id of the called',
      service: 'service of the called',
      name: 'operation of the called',
      kind,
      status,
      is_error: "Bool: status = 'error'",
      start_time: `${time}`,
      duration_ns: 'UInt64, nanoseconds',
      duration_ms: 'Float64, milliseconds',
      is_remote: 'Bool: the two services differ',
    },
  },
  paths: {
    table: 'sql_paths',
    says: 'every span with the names from the root down to it; give it a range',
    takes: 'range',
    columns: {
      ...ids,
      service: 'service.name of the resource',
      name: 'operation',
      start_time: `${time}`,
      duration_ns: 'UInt64, nanoseconds',
      duration_ms: 'Float64, milliseconds',
      status,
      path: "Array(String): ['frontend: GET /checkout', 'cart: GET /cart']",
      depth: '0 for a root',
    },
  },
  trace_tree: {
    table: 'sql_trace_tree',
    says: "the spans of one trace as a tree: from trace_tree('trace id') order by sort_key",
    takes: 'trace',
    columns: {
      ...ids,
      parent_id: 'span id of the parent, empty for a root',
      depth: 'UInt16, 0 for a root',
      tree: 'service and name, indented by depth',
      service: 'service.name of the resource',
      name: 'operation',
      kind,
      status,
      status_message: 'what the span says about its status',
      start_time: `${time}`,
      end_time: `${time}`,
      duration_ns: 'UInt64, nanoseconds',
      duration_ms: 'Float64, milliseconds',
      is_error: "Bool: status = 'error'",
      attributes: 'Map(String, String) of the span',
      path: 'Array(String), the names from the root down to it',
      sort_key: 'puts children below their parents, in order of start',
    },
    quiet: ['sort_key'],
  },
  operations: {
    table: 'sql_operations',
    says: 'what services do, per hour',
    takes: 'range',
    columns: {
      hour: "DateTime('UTC')",
      service: 'service.name of the resource',
      name: 'operation',
      kind,
      spans: 'UInt64',
      errors: 'UInt64',
      first_seen: "DateTime('UTC')",
      last_seen: "DateTime('UTC')",
    },
  },
  span_metrics: {
    table: 'sql_span_metrics',
    says: 'counts per minute and duration bucket; kept longer than spans, and the quickest for rates and quantiles',
    takes: 'range',
    columns: {
      minute: "DateTime('UTC')",
      service: 'service.name of the resource',
      name: 'operation',
      kind,
      status,
      is_error: "Bool: status = 'error'",
      bucket: 'Int16: durations from 2^(bucket/8) to 2^((bucket+1)/8) ns',
      bucket_ms: 'Float64, middle of the bucket: quantileExactWeighted(0.95)(bucket_ms, spans)',
      spans: 'UInt64',
      sum_ms: 'Float64, sum of the durations',
    },
  },
  attribute_keys: {
    table: 'sql_attribute_keys',
    says: 'which attributes there are',
    takes: 'range',
    columns: {
      scope: 'span, resource, scope, event or link',
      key: "'http.route'",
      type: 'string, int, double, bool or other',
      service: 'service.name of the resource',
      uses: 'UInt64, an estimate',
      distinct_values: 'UInt64, an estimate',
      samples: 'Array(String), up to 20 values',
      last_seen: "DateTime('UTC')",
    },
  },
};

/** Own names only: `constructor` and the like are no views. */
export function viewOf(name: string): View | null {
  return Object.hasOwn(views, name.toLowerCase()) ? views[name.toLowerCase()]! : null;
}

/** What `*` stands for. */
export function starColumns({ columns, quiet = [] }: View): readonly string[] {
  return Object.keys(columns).filter((column) => !quiet.includes(column));
}
