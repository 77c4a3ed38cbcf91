import { propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { kept, plain } from '../test/kept.ts';
import { baggageAttributes } from './baggage-attributes.ts';

describe('baggage as attributes', () => {
  it('copies what is on the list and nothing else', async () => {
    const { tracer, spans } = kept({ spanProcessors: [baggageAttributes(['tier', 'geo.*'])] });
    const baggage = propagation.createBaggage({
      tier: { value: 'gold' },
      'geo.region': { value: 'eu' },
      password: { value: 'x' },
    });
    tracer.startSpan('a', {}, propagation.setBaggage(ROOT_CONTEXT, baggage)).end();
    tracer.startSpan('b').end();
    const [a, b] = await spans();
    expect(plain(a!.attributes)).toEqual({ tier: 'gold', 'geo.region': 'eu' });
    expect(plain(b!.attributes)).toEqual({});
  });
});
