/** Every encoding takes what a client of its protocol sends, and refuses with words what it does not. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { walkLimits, walkTraces } from '@clew/wire';
import { expect, test } from 'vitest';
import { request } from '../../test/traffic.ts';
import { bareRequest, translateBody } from '../receivers/intake.ts';
import { encodings, type KafkaEncoding, protocolOf } from './encodings.ts';
import { kafkaMessages } from './messages.ts';

const fixtures = fileURLToPath(new URL('../../../translate/fixtures', import.meta.url));
const NOW_MS = Date.UTC(2026, 10, 21, 3, 50);

/** What our exporter writes, else what a client sent. */
function messageOf(encoding: KafkaEncoding): Uint8Array {
  if (encoding === 'zipkin_thrift' || encoding === 'jaeger_thrift') {
    const { row } = encodings[encoding];
    const client = encoding === 'zipkin_thrift' ? 'py-zipkin' : 'otel-python';
    return readFileSync(`${fixtures}/${row}/${client}.bin`);
  }
  const [message] = kafkaMessages[encoding]([request({ spans: 3, nowMs: NOW_MS })]);
  if (message === undefined) throw new Error('no message');
  return message.value;
}

test.each([
  ['otlp_proto', 3],
  ['otlp_json', 3],
  ['zipkin_json', 3],
  ['zipkin_proto', 3],
  ['zipkin_thrift', 4],
  ['jaeger_proto', 1],
  ['jaeger_json', 1],
  ['jaeger_thrift', 3],
] as const)('%s', (encoding, spans) => {
  const protocol = protocolOf(encoding);
  const take = (message: Uint8Array) => translateBody(protocol, message, bareRequest(NOW_MS)).otlp;
  expect(walkTraces(take(messageOf(encoding)), walkLimits, NOW_MS)).toMatchObject({
    verdict: 'clean',
    spans,
  });
  expect(protocol.listener).toBe('kafka');
  if (encoding === 'otlp_proto') return; // Taken as it is: the walk over it is the judge.
  expect(() => take(Buffer.from('no spans at all'))).toThrow(protocol.wanted);
});

test('are all here', () => {
  expect(Object.keys(encodings)).toHaveLength(8);
});
