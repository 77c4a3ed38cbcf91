/**
 * Parameters of Prometheus' HTTP API, from the URL or from a form.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/api/. Never knows: expressions.
 */
import { all, first, type Parameters } from '../ask/parameters.ts';
import { parseTimeNs } from '../ask/time.ts';
import { limits } from '../limits.ts';
import { PromqlError } from './promql/errors.ts';
import { parseDurationMs } from './promql/literals.ts';
import { parsePromql } from './promql/parse.ts';
import type { Selector } from './promql/tree.ts';

/** What a form holds: a parameter given once is a text, given more often a list. */
export function readForm(body: string): Parameters {
  const form = new URLSearchParams(body);
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
}

/** A form's parameters come before the URL's, as in Prometheus. */
export function parametersOf(request: {
  readonly query: unknown;
  readonly body: unknown;
}): Parameters {
  return { ...(request.query as Parameters), ...((request.body as Parameters | undefined) ?? {}) };
}

/** Epoch milliseconds. @throws PromqlError */
export function timeOf(given: Parameters, name: string, otherwiseMs: number | null): number {
  const text = first(given, name);
  if (text === '' && otherwiseMs !== null) return otherwiseMs;
  const seconds = /^-?\d+(\.\d*)?(e\d+)?$/i.test(text) ? Number(text) : null;
  const ns = seconds === null && text.includes('T') ? parseTimeNs(text, 0) : undefined;
  const ms = seconds === null ? Number(ns ?? Number.NaN) / 1e6 : seconds * 1000;
  // Beyond this a time has no nanoseconds in 64 bits.
  if (Number.isFinite(ms) && Math.abs(ms) < 9.2e12) return Math.round(ms);
  throw invalid(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
}

/** Times of the samples of a range, epoch milliseconds. @throws PromqlError */
export function timesOf(given: Parameters): readonly number[] {
  const startMs = timeOf(given, 'start', null);
  const endMs = timeOf(given, 'end', null);
  if (endMs < startMs) throw invalid('end', 'end timestamp must not be before start time');
  const stepMs = stepOf(given);
  const count = Math.floor((endMs - startMs) / stepMs) + 1;
  if (count > limits.promqlStepsMax) {
    throw new PromqlError(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return Array.from({ length: count }, (_, at) => startMs + at * stepMs);
}

function stepOf(given: Parameters): number {
  const text = first(given, 'step');
  const ms = parseDurationMs(text) ?? (text === '' ? Number.NaN : Number(text) * 1000);
  if (!Number.isFinite(ms)) {
    throw invalid('step', `cannot parse ${JSON.stringify(text)} to a valid duration`);
  }
  if (ms >= 1) return ms;
  throw invalid(
    'step',
    'zero or negative query resolution step widths are not accepted. Try a positive integer',
  );
}

/** What `match[]` chooses; empty when there is none. @throws PromqlError */
export function selectorsOf(given: Parameters): readonly Selector[] {
  return all(given, 'match[]').map((text) => {
    const selector = parsePromql(text);
    if (selector.kind === 'selector') return selector;
    throw invalid('match[]', `${JSON.stringify(text)} is no series selector`);
  });
}

/** 0 or nothing is no limit. @throws PromqlError */
export function limitOf(given: Parameters): number {
  const text = first(given, 'limit');
  if (text === '' || text === '0') return limits.promqlSeriesMax;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), limits.promqlSeriesMax);
  throw invalid('limit', `cannot parse ${JSON.stringify(text)} to a positive number`);
}

function invalid(parameter: string, message: string): PromqlError {
  return new PromqlError(`invalid parameter ${JSON.stringify(parameter)}: ${message}`);
}
