/**
 * What an operator can set about the HTTP faces, and how values become options.
 *
 * Never knows: where a value came from (file, flag, environment).
 */

/** One row of the settings table; the same shape in every package. Durations are milliseconds. */
export type Setting = {
  readonly key: string;
  readonly type: 'string' | 'int' | 'bytes' | 'duration' | 'bool' | 'choice' | 'listen';
  readonly choices?: readonly string[];
  readonly default: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly says: string;
};

const HOUR = 60 * 60 * 1000;

export const apiSettings: readonly Setting[] = [
  {
    key: 'listen.ui',
    type: 'listen',
    default: '127.0.0.1:16686',
    says: 'where the user interface, the API, /ready, /live and /metrics answer; off closes it',
  },
  {
    key: 'listen.tempo',
    type: 'listen',
    default: '127.0.0.1:3200',
    says: "where Tempo's query API answers, as Grafana's Tempo data source expects it: HTTP, and gRPC for streaming; off closes it, then it is still under /tempo of the UI listener",
  },
  {
    key: 'listen.jaeger_query',
    type: 'listen',
    default: '127.0.0.1:16685',
    says: "where Jaeger's query API v3 answers over gRPC; off closes it, then it is still on the port of the UI listener",
  },
  {
    key: 'ui.hosts',
    type: 'string',
    default: '',
    says: 'names under which browsers may reach the UI, separated by commas; a loopback listener also takes localhost and loopback addresses, any other listener takes every name when this is empty',
  },
  {
    key: 'ui.connections_max',
    type: 'int',
    default: 1024,
    min: 8,
    max: 65_536,
    says: 'open connections to the UI listener; further ones are closed',
  },
  {
    key: 'ui.pulses_max',
    type: 'int',
    default: 128,
    min: 1,
    max: 4096,
    says: 'browser pages that may follow the live status at once',
  },
  {
    key: 'ui.trace_json_spans_max',
    type: 'int',
    // About 1 KiB of JSON per span with ten attributes: 100 MiB for the longest answer.
    default: 100_000,
    min: 100,
    max: 1_000_000,
    says: 'most spans of one trace answered as OTLP/JSON; a longer trace is cut and a header says so',
  },
  {
    key: 'tempo.search_range_max',
    type: 'duration',
    default: 168 * HOUR,
    min: 0,
    says: "longest time between start and end of a search through Tempo's API; 0 allows any",
  },
  {
    key: 'tempo.metrics_range_max',
    type: 'duration',
    // Tempo's own default is a day; minutes are counted beforehand here, so that a week costs little.
    default: 168 * HOUR,
    min: 0,
    says: "longest time of a metrics query through Tempo's API; 0 allows any",
  },
];

export type Address = { readonly host: string; readonly port: number };

/** The settings as code uses them. */
export type ApiSettings = {
  /** Port 0 takes a free one. */
  readonly listen: Address;
  /** Undefined when the listener is off. */
  readonly listenTempo: Address | undefined;
  readonly listenJaegerQuery: Address | undefined;
  /** Lower case, without port. */
  readonly hosts: readonly string[];
  readonly connectionsMax: number;
  readonly pulsesMax: number;
  readonly traceJsonSpansMax: number;
  /** How long every span is kept, for the status answer and for searches without a range. */
  readonly hotWindowMs: number;
  /** Of Tempo's API; 0 for any length. */
  readonly tempo: { readonly searchRangeMsMax: number; readonly metricsRangeMsMax: number };
};

export type SettingValues = Readonly<Record<string, string | number | boolean | undefined>>;

const hotWindowMs = 24 * HOUR;

/** Turns resolved values (by key) into options; what is left out has the default of the table. */
export function apiSettingsOf(values: SettingValues = {}): ApiSettings {
  const read = (key: string) => values[key] ?? apiSettings.find((row) => row.key === key)?.default;
  const hosts = String(read('ui.hosts')).split(',');
  return {
    listen: optionalAddress('listen.ui', String(read('listen.ui'))) ?? anyPort,
    listenTempo: optionalAddress('listen.tempo', String(read('listen.tempo'))),
    listenJaegerQuery: optionalAddress('listen.jaeger_query', String(read('listen.jaeger_query'))),
    hosts: hosts.map((host) => host.trim().toLowerCase()).filter((host) => host !== ''),
    connectionsMax: Number(read('ui.connections_max')),
    pulsesMax: Number(read('ui.pulses_max')),
    traceJsonSpansMax: Number(read('ui.trace_json_spans_max')),
    hotWindowMs: Number(values['hot_window'] ?? hotWindowMs),
    tempo: {
      searchRangeMsMax: Number(read('tempo.search_range_max')),
      metricsRangeMsMax: Number(read('tempo.metrics_range_max')),
    },
  };
}

/** Nobody listens there: other listeners of the faces may be open when the UI's is off. */
const anyPort: Address = { host: '127.0.0.1', port: 0 };

function optionalAddress(key: string, listen: string): Address | undefined {
  return listen === 'off' ? undefined : addressOf(key, listen);
}

/** `host:port`, `[::1]:port` or a port alone, which is loopback's. */
function addressOf(key: string, listen: string): Address {
  const found = /^(?:(?:\[([^\]]+)\]|([^:]*)):)?(\d{1,5})$/.exec(listen.trim());
  const port = Number(found?.[3]);
  if (found === null || port > 65_535) {
    throw new Error(
      `${key}: found ${JSON.stringify(listen)}, wanted host:port, for example 127.0.0.1:16686, or off`,
    );
  }
  return { host: found[1] ?? (found[2] || '127.0.0.1'), port };
}
