/**
 * What an OTLP receiver says about a batch that it took: how much of it, and why not all.
 * Never knows: the connection.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#partial-success
 */

import { diag } from '@opentelemetry/api';
import type { OtlpProtocol } from './otlp-settings.ts';

/** A partial success is never sent again; what the server says about it is passed on. */
export async function reportPartial(
  body: Uint8Array,
  protocol: OtlpProtocol,
  spans: number,
): Promise<void> {
  if (body.length === 0) return;
  try {
    const { rejected, message } =
      protocol === 'http/json' ? partialJson(body) : await partial(body);
    if (rejected > 0) diag.error(`${rejected} of ${spans} spans were rejected: ${message}`);
    else if (message !== '') diag.warn(`the server accepted the spans and says: ${message}`);
  } catch (error) {
    diag.debug('the answer to an export could not be read', error);
  }
}

interface Partial {
  readonly rejected: number;
  readonly message: string;
}

async function partial(body: Uint8Array): Promise<Partial> {
  // Loaded when a server has something to say, which is seldom.
  const { createReader } = await import('@clew/wire');
  let rejected = 0;
  let message = '';
  const outer = createReader(body);
  while (outer.next()) {
    if (outer.field !== 1) continue;
    const inner = outer.message();
    while (inner.next()) {
      if (inner.field === 1) rejected = Number(inner.int64());
      else if (inner.field === 2) message = inner.string();
    }
  }
  return { rejected, message };
}

function partialJson(body: Uint8Array): Partial {
  const text = Buffer.from(body).toString();
  const said = (text === '' ? {} : JSON.parse(text)) as {
    partialSuccess?: { rejectedSpans?: number | string; errorMessage?: string };
  };
  const { rejectedSpans = 0, errorMessage = '' } = said.partialSuccess ?? {};
  return { rejected: Number(rejectedSpans), message: String(errorMessage) };
}
