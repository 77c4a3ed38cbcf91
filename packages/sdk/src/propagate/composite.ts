/**
 * Several propagators as one, and those that OTEL_PROPAGATORS names.
 * Never knows: formats.
 */

import { diag, type TextMapPropagator } from '@opentelemetry/api';
import { ownContext } from '../context.ts';
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
        try {
          one.inject(context, carrier, setter);
        } catch (error) {
          diag.warn('a propagator failed to inject', error);
        }
      }
    },
    extract(context, carrier, getter) {
      let found = ownContext(context);
      for (const one of propagators) {
        try {
          found = one.extract(found, carrier, getter);
        } catch (error) {
          diag.warn('a propagator failed to extract', error);
        }
      }
      return found;
    },
    fields: () => [...new Set(propagators.flatMap((one) => one.fields()))],
  };
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
