import { describe, expect, it } from 'vitest';
import { listeners } from './listeners.ts';
import { mediaType } from './media-type.ts';
import { pages, protocols } from './protocols.ts';
import { exportTraceResponseJson, rpcStatusJson } from './response-json.ts';

describe('the tables', () => {
  it('have one row per name', () => {
    expect(new Set(protocols.map(({ name }) => name)).size).toBe(protocols.length);
    expect(new Set(listeners.map(({ name }) => name)).size).toBe(listeners.length);
  });

  it('have one port per listener and transport family', () => {
    const places = listeners.map(({ transport, port }) => `${transport === 'udp'} ${port}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it.each(protocols)('$name is spoken on a listener of its transport', (protocol) => {
    const listener = listeners.find(({ name }) => name === protocol.listener);
    expect(listener?.transport).toBe(protocol.transport);
  });

  it('answer pages on HTTP listeners only', () => {
    for (const page of pages) {
      expect(listeners.find(({ name }) => name === page.listener)?.transport).toBe('http');
    }
  });

  it('name at most one row for a path and content type', () => {
    const keys = protocols.flatMap((row) =>
      row.transport === 'http'
        ? row.paths.flatMap((path) =>
            row.contentTypes.map((type) => `${row.listener} ${path} ${type}`),
          )
        : [],
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('mediaType', () => {
  it.each([
    ['Application/JSON; charset=utf-8', 'application/json'],
    ['application/x-protobuf', 'application/x-protobuf'],
    ['', ''],
  ])('of %j is %j', (header, media) => {
    expect(mediaType(header)).toBe(media);
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
