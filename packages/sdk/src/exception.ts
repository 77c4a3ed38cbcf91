/**
 * An error as attributes of an event. Never knows: the span.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/exceptions/
 */

import type { Attributes, Exception } from '@opentelemetry/api';

/** Never throws, whatever was thrown: getters of hostile errors are asked inside a guard. */
export function exceptionAttributes(exception: Exception | unknown): Attributes {
  if (typeof exception !== 'object' || exception === null) {
    return { 'exception.message': String(exception) };
  }
  try {
    const { code, name, message, stack } = exception as Record<string, unknown>;
    const attributes: Attributes = {};
    const type = code ?? name ?? exception.constructor?.name;
    if (type !== undefined) attributes['exception.type'] = String(type);
    if (message !== undefined) attributes['exception.message'] = String(message);
    if (stack !== undefined) attributes['exception.stacktrace'] = String(stack);
    return attributes;
  } catch {
    return { 'exception.message': 'an error that could not be read' };
  }
}
