/**
 * What a Datadog tracer asks of an agent beside sending spans, and how it is answered.
 *
 * `/info` says what there is, and names nothing but traces, so that tracers leave statistics, profiles, debugging and
 * remote configuration be. What they send nevertheless is answered as an agent without that feature does.
 * Never knows: spans.
 * Source: https://github.com/DataDog/datadog-agent/blob/main/pkg/trace/api/endpoints.go
 */

import type { HttpAnswer, Outcome, Page, Refusal } from './protocol.ts';

const JSON_TYPE = 'application/json';

/** `client_drop_p0s` would make tracers drop what they did not sample instead of sending it. */
const INFO = {
  version: '7.50.0',
  endpoints: ['/v0.3/traces', '/v0.4/traces', '/v0.5/traces', '/v0.7/traces'],
  client_drop_p0s: false,
  span_meta_structs: true,
  long_running_spans: false,
  span_events: true,
  config: {},
};

/** A missing rate means 1: everything is to be sent. Tracers log an error when there is no such object. */
const RATES = JSON.stringify({ rate_by_service: {} });

/** 0.3 is answered in text, later versions with sampling rates. */
export function acceptedDatadog(
  _outcome: Outcome,
  { path }: { readonly path: string },
): HttpAnswer {
  if (path === '/v0.3/traces') return { status: 200, contentType: 'text/plain', body: 'OK\n' };
  return { status: 200, contentType: JSON_TYPE, body: RATES };
}

/** The agent says 429 when it has too much to do; tracers drop what was refused, whatever the status. */
export function refusedDatadog({ http, message, retryAfterS }: Refusal): HttpAnswer {
  const status = retryAfterS === undefined ? http : 429;
  return { status, contentType: 'text/plain; charset=utf-8', body: `${message}\n` };
}

const LISTENER = 'datadog';
const WRITE = ['POST', 'PUT'];
const empty: HttpAnswer = { status: 200, contentType: JSON_TYPE, body: '{}' };
const missing: HttpAnswer = {
  status: 404,
  contentType: 'text/plain',
  body: '404 page not found\n',
};

/** Taken and thrown away: it would be sent again, or complained of, otherwise. */
const THROWN_AWAY = [
  '/telemetry/proxy/api/v2/apmtelemetry',
  '/v0.6/stats',
  '/v0.3/services',
  '/v0.4/services',
  '/v0.1/pipeline_stats',
];
/** Not here: tracers take 404 as an agent without it, and stop or ask seldom. */
const NOT_HERE = [
  '/v0.7/config',
  '/profiling/v1/input',
  '/debugger/v1/input',
  '/debugger/v1/diagnostics',
  '/debugger/v2/input',
  '/symdb/v1/input',
  '/tracer_flare/v1',
  '/evp_proxy/v1/api/v2/citestcycle',
  '/evp_proxy/v2/api/v2/citestcycle',
  '/evp_proxy/v2/api/v2/llmobs',
];

/** Statistics and telemetry of a large service come in megabytes. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

export const datadogPages: readonly Page[] = [
  {
    listener: LISTENER,
    methods: ['GET'],
    path: '/info',
    answer: () => ({ status: 200, contentType: JSON_TYPE, body: JSON.stringify(INFO) }),
  },
  ...THROWN_AWAY.map((path) => page(path, empty)),
  ...NOT_HERE.map((path) => page(path, missing)),
];

function page(path: string, answer: HttpAnswer): Page {
  return {
    listener: LISTENER,
    methods: WRITE,
    path,
    bodyBytesMax: BODY_BYTES_MAX,
    answer: () => answer,
  };
}
