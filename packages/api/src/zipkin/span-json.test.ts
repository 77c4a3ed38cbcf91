import { encodeTraces } from '@clew/wire';
import { describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../../testkit/src/cast.ts';
import { everythingRequest } from '../../../testkit/src/engine-contract-span.ts';
import { expectFixture } from '../../test/fixture.ts';
import { spansOf } from '../../test/spans.ts';
import { spanShape } from './span-json.ts';

const checkout = spansOf(encodeTraces(checkoutTraces(1_763_640_000_000_000_000n)));
const everything = spansOf(everythingRequest);
const plain = checkout[0]!;

test('the checkout as Zipkin has it', () => {
  expectFixture(checkout.map(spanShape), './fixtures/checkout.json', import.meta.url);
});

test('a span with everything that OTLP can say', () => {
  expectFixture(everything.map(spanShape), './fixtures/everything.json', import.meta.url);
});

describe('a span', () => {
  test('without anything has ids, times and an endpoint only', () => {
    const empty = { attributes: [], droppedAttributes: 0, schemaUrl: '' };
    const scope = { ...empty, name: '', version: '' };
    const span = { ...plain, name: '', service: '', kind: 'internal', durationNs: 0 } as const;
    expect(spanShape({ ...span, attributes: [], resource: empty, scope })).toEqual({
      traceId: plain.traceId,
      id: plain.spanId,
      timestamp: 1_763_640_000_000_000,
      duration: 1,
      localEndpoint: { serviceName: '' },
    });
  });

  test('that failed without words has the tag error=true', () => {
    const { tags } = spanShape({ ...plain, status: 'error', statusMessage: '' });
    expect(tags).toMatchObject({ error: 'true', 'otel.status_code': 'ERROR' });
  });

  test('says more of itself than its resource does', () => {
    const zone = (value: string) => [{ key: 'zone', type: 'string', value } as const];
    const resource = { ...plain.resource, attributes: zone('resource') };
    expect(spanShape({ ...plain, resource, attributes: zone('span') }).tags).toMatchObject({
      zone: 'span',
    });
  });
});

test('a half of a shared span says so, and not as a tag', () => {
  const attributes = [{ key: 'zipkin.shared', type: 'bool', value: true }] as const;
  const shape = spanShape({ ...plain, attributes });
  expect(shape.shared).toBe(true);
  expect(shape.tags ?? {}).not.toHaveProperty('zipkin.shared');
  expect(spanShape(plain)).not.toHaveProperty('shared');
});

describe('the other side', () => {
  const attributes = [
    { key: 'server.address', type: 'string', value: 'DB.internal' },
    { key: 'network.peer.address', type: 'string', value: '10.0.0.7' },
    { key: 'network.peer.port', type: 'int', value: '5432' },
  ] as const;
  const remote = (span: Partial<typeof plain>) => spanShape({ ...plain, ...span }).remoteEndpoint;

  test('of a client is what it calls', () => {
    expect(remote({ kind: 'client', attributes })).toEqual({
      serviceName: 'db.internal',
      ipv4: '10.0.0.7',
      port: 5432,
    });
    const ipv6 = [{ key: 'network.peer.address', type: 'string', value: 'fe80::1' }] as const;
    expect(remote({ kind: 'client', attributes: ipv6 })).toEqual({ ipv6: 'fe80::1' });
  });

  test('of a server, and of a client that names nobody, is unknown', () => {
    expect(remote({ kind: 'server', attributes })).toBeUndefined();
    const port = [attributes[2]];
    expect(remote({ kind: 'client', attributes: port })).toBeUndefined();
  });
});
