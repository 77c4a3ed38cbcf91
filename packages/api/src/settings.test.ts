import { expect, test } from 'vitest';
import { limits } from './limits.ts';
import { apiSettings, apiSettingsOf } from './settings.ts';

test('every setting has a sentence and a default within its bounds', () => {
  for (const { key, says, default: value, min, max } of apiSettings) {
    expect(key).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(says.length).toBeGreaterThan(10);
    if (min !== undefined) expect(value).toBeGreaterThanOrEqual(min);
    if (max !== undefined) expect(value).toBeLessThanOrEqual(max);
  }
});

test('what is left out has its default, and names are cleaned', () => {
  expect(apiSettingsOf({ 'ui.hosts': ' Clew.test, traces.example ,', hot_window: 5 })).toEqual({
    listen: { host: '127.0.0.1', port: 16686 },
    listenTempo: { host: '127.0.0.1', port: 3200 },
    listenJaegerQuery: { host: '127.0.0.1', port: 16685 },
    hosts: ['clew.test', 'traces.example'],
    connectionsMax: 1024,
    pulsesMax: 128,
    traceJsonSpansMax: 100_000,
    hotWindowMs: 5,
    tempo: { searchRangeMsMax: 604_800_000, metricsRangeMsMax: 604_800_000 },
  });
});

test.each([
  ['16687', '127.0.0.1', 16687],
  [':16687', '127.0.0.1', 16687],
  ['[::1]:0', '::1', 0],
  ['clew.test:80', 'clew.test', 80],
])('listen.ui %s', (listen, host, port) => {
  expect(apiSettingsOf({ 'listen.ui': listen }).listen).toEqual({ host, port });
});

test.each(['', 'nowhere', 'a:b', '1.2.3.4:70000', '::1'])('listen.ui %j is refused', (listen) => {
  expect(() => apiSettingsOf({ 'listen.ui': listen })).toThrow(/^listen.ui: found .*, wanted/);
});

test('limits agree with each other', () => {
  expect(limits.urlBytesMax).toBeLessThan(limits.headersBytesMax);
  expect(limits.headersMsMax).toBeLessThan(limits.requestMsMax);
  expect(limits.firstSpanMs).toBeLessThan(limits.pulseMs);
});
