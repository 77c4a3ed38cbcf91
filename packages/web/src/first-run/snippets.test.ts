import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { endpoints, languages, testSpan } from './snippets.ts';

test('what curl would send is OTLP/JSON', () => {
  const command = testSpan('http://127.0.0.1:4318/').replace(/^curl/, 'printf "%s\\n"');
  const said = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('\n');
  expect(said[0]).toBe('http://127.0.0.1:4318/v1/traces');
  const body = JSON.parse(said.slice(said.indexOf('-d') + 1).join('\n'));
  const span = body.resourceSpans[0].scopeSpans[0].spans[0];
  expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)).toBeGreaterThan(0n);
});

test('every language says where to send', () => {
  for (const { name, snippet } of languages) {
    expect(snippet({ http: 'http://127.0.0.1:4318', grpc: undefined }), name).toContain(
      'http://127.0.0.1:4318',
    );
  }
});

test('listeners that take spans are told apart', () => {
  const listeners = [
    { name: 'ui', url: 'http://127.0.0.1:16686' },
    { name: 'otlp_grpc', url: '127.0.0.1:4317' },
    { name: 'otlp_http', url: 'http://127.0.0.1:4318' },
    { name: 'zipkin', url: 'http://127.0.0.1:9411' },
  ];
  expect(endpoints(listeners)).toEqual({
    http: 'http://127.0.0.1:4318',
    grpc: 'http://127.0.0.1:4317',
    others: [{ name: 'zipkin', url: 'http://127.0.0.1:9411' }],
  });
});
