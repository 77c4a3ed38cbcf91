import { describe, expect, it } from 'vitest';
import { protocolOf, protocols } from './protocols.ts';
import { exportTraceResponseJson, rpcStatusJson } from './response-json.ts';

describe('protocolOf', () => {
  const cases: [string, string, string | undefined][] = [
    ['otlp_http', 'application/json', 'otlp-json'],
    ['otlp_http', 'Application/JSON; charset=utf-8', 'otlp-json'],
    ['otlp_http', 'application/x-protobuf', 'otlp-protobuf'],
    ['otlp_http', 'text/plain', undefined],
    ['otlp_http', '', undefined],
    ['otlp_grpc', 'application/grpc', 'otlp-grpc'],
    ['otlp_grpc', 'application/json', undefined],
  ];
  for (const [listener, type, name] of cases) {
    it(`finds ${name ?? 'none'} for ${JSON.stringify(type)} on ${listener}`, () => {
      expect(protocolOf(listener, type)?.name).toBe(name);
    });
  }

  it('has one row per name', () => {
    expect(new Set(protocols.map(({ name }) => name)).size).toBe(protocols.length);
  });
});

describe('answers in JSON', () => {
  it('say nothing when all is well', () => {
    expect(exportTraceResponseJson()).toBe('{}');
  });

  it('say what was rejected, and warn', () => {
    expect(JSON.parse(exportTraceResponseJson(3, 'bad ids'))).toEqual({
      partialSuccess: { rejectedSpans: '3', errorMessage: 'bad ids' },
    });
    expect(JSON.parse(exportTraceResponseJson(0, 'cut'))).toEqual({
      partialSuccess: { errorMessage: 'cut' },
    });
  });

  it('say what failed, and when to retry', () => {
    expect(JSON.parse(rpcStatusJson(3, 'malformed'))).toEqual({ code: 3, message: 'malformed' });
    expect(JSON.parse(rpcStatusJson(14, 'full', 1500)).details).toEqual([
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
    ]);
  });
});
