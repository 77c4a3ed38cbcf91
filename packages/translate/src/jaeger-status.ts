/**
 * The status of a span from the tags that Jaeger's clients and OpenTelemetry's Jaeger exporters put it in.
 *
 * `error` true is the last word; then `otel.status_code`; then what HTTP answered. Never knows: encodings.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/#error-flag
 */

import type { Writer } from '@clew/wire';

export const OK = 1;
export const ERROR = 2;

const CLIENT = 3;

export interface StatusFacts {
  /** Tag `error` is true. */
  isError: boolean;
  /** From `otel.status_code`: 0 when there is none, or one of the two above. */
  code: number;
  description: string;
  /** From `http.status_code`; 0 when there is none. */
  httpStatus: number;
  httpMessage: string;
}

export function noStatus(): StatusFacts {
  return { isError: false, code: 0, description: '', httpStatus: 0, httpMessage: '' };
}

/** Writes the status as field 15. Returns whether the description went into it. */
export function writeStatus(span: Writer, facts: StatusFacts, kind: number): boolean {
  const { isError, description } = facts;
  const code = isError ? ERROR : facts.code || codeOfHttp(facts.httpStatus, kind);
  if (code === 0) return false;
  const isTold = isError || facts.code !== 0;
  const message = isTold ? description || (isError ? facts.httpMessage : '') : '';
  const mark = span.begin(15);
  if (message !== '') span.string(2, message);
  span.varint(3, code);
  span.end(mark);
  return isTold && description !== '';
}

/** A server that answers 4xx did its work; whoever asked it did not get what it wanted. */
function codeOfHttp(httpStatus: number, kind: number): number {
  if (httpStatus >= 500 && httpStatus < 600) return ERROR;
  const isRefused = httpStatus >= 400 && httpStatus < 500;
  return isRefused && kind === CLIENT ? ERROR : 0;
}
