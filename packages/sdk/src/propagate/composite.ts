/**
 * Several propagators as one, and those that OTEL_PROPAGATORS names.
 * Never knows: formats.
 */

import { diag, type TextMapPropagator } from '@opentelemetry/api';
import { type Env, envList } from '../env.ts';
import { b3 } from './b3.ts';
import { baggage } from './baggage.ts';
import { datadog, jaeger, otTrace, plainHeaders, xray } from './vendors.ts';
import { traceContext } from './w3c.ts';

const NAMED: Readonly<Record<string, TextMapPropagator>> = {
  tracecontext: traceContext,
  baggage,
  b3: b3('single'),
  b3multi: b3('multi'),
  jaeger,
  xray,
  ottrace: otTrace,
  datadog,
  plain: plainHeaders,
};

/** In order; one that fails is reported and skipped, so that nothing reaches the application. */
export function composite(propagators: readonly TextMapPropagator[]): TextMapPropagator {
  return {
    inject(context, carrier, setter) {
      for (const one of propagators) {
        guard('inject', undefined, () => one.inject(context, carrier, setter));
      }
    },
    extract: (context, carrier, getter) =>
      propagators.reduce(
        (found, one) => guard('extract', found, () => one.extract(found, carrier, getter)),
        context,
      ),
    fields: () => [...new Set(propagators.flatMap((one) => one.fields()))],
  };
}

function guard<T>(what: string, otherwise: T, call: () => T): T {
  try {
    return call();
  } catch (error) {
    diag.warn(`a propagator failed to ${what}`, error);
    return otherwise;
  }
}

/** tracecontext and baggage unless the variable says otherwise; `none` alone means none. */
export function propagatorFromEnv(env: Env = process.env): TextMapPropagator {
  const names = envList(env, 'OTEL_PROPAGATORS') ?? ['tracecontext', 'baggage'];
  if (names.includes('none')) return composite([]);
  const wanted = Object.keys(NAMED).join(', ');
  const known = names.filter((name) => {
    const isKnown = name in NAMED;
    if (!isKnown) diag.warn(`OTEL_PROPAGATORS: found "${name}", wanted some of ${wanted}; ignored`);
    return isKnown;
  });
  return composite(known.map((name) => NAMED[name]!));
}
