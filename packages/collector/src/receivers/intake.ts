/**
 * From a body in anybody's protocol to what is admitted: translated by its row, and its left-out spans counted.
 *
 * Every listener goes through here, so that bounds, refusals and counts are the same for all.
 * Never knows: how the body arrived.
 */
import type { ForeignRequest, Protocol, Rejection, Translated } from '@clew/translate';
import type { Admit, Admitted } from '../admit.ts';
import { CollectorError } from '../errors.ts';
import type { Lease } from '../in-flight.ts';

export interface IntakeParts {
  readonly admit: Admit;
  /** Called with the spans that a translator left out of an accepted request. */
  readonly onRejected: (rejected: readonly Rejection[], listener: string) => void;
}

/** Resolves when the body's spans are durable; rejects with a CollectorError, MALFORMED_BODY among them. */
export type Intake = (
  protocol: Protocol,
  body: Uint8Array,
  request: ForeignRequest,
  lease: Lease,
) => Promise<Admitted>;

export function createIntake({ admit, onRejected }: IntakeParts): Intake {
  return async (protocol, body, request, lease) => {
    const { otlp, rejected } = translateBody(protocol, body, request);
    if (otlp !== body) lease.grow(otlp.length);
    const admitted = await admit(otlp, protocol.listener);
    if (rejected.length === 0) return admitted;
    onRejected(rejected, protocol.listener);
    return withRejected(admitted, rejected);
  };
}

/** Throws MALFORMED_BODY, whatever the translator threw. */
export function translateBody(
  protocol: Protocol,
  body: Uint8Array,
  request: ForeignRequest,
): Translated {
  try {
    return protocol.translate(body, request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CollectorError('MALFORMED_BODY', { wanted: protocol.wanted, reason }, error);
  }
}

function withRejected(admitted: Admitted, rejected: readonly Rejection[]): Admitted {
  const sum = rejected.reduce((total, { spans }) => total + spans, 0);
  const reasons = rejected.map(({ reason, spans }) => `${reason} ${spans}`).join(', ');
  const words = `left out ${sum} spans (${reasons})`;
  return {
    rejected: admitted.rejected + sum,
    message: admitted.message === '' ? words : `${words}; ${admitted.message}`,
  };
}

/** What a translator is told where there are no paths and headers. */
export function bareRequest(arrivedMs: number): ForeignRequest {
  return { path: '', query: '', header: () => undefined, arrivedMs };
}
