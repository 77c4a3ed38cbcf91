/**
 * Parts for tests of the HTTP faces: a quiet server around whatever a test replaces.
 *
 * What is not replaced refuses to be called, so that no test rests on an answer nobody gave.
 */
import type { Query } from '@clew/query';
import type { ApiParts } from '../src/parts.ts';
import { apiSettingsOf, type SettingValues } from '../src/settings.ts';

export const noStats = { acceptedSpans: 0, spansPerSecond: 0, spoolBytes: 0, openSegmentBytes: 0 };

export const emptyQuery: Query = new Proxy({} as Query, {
  get: (_, name) => () => Promise.reject(new Error(`query.${String(name)} was not expected`)),
});

export function partsWith(
  parts: Partial<ApiParts> & { readonly values?: SettingValues } = {},
): ApiParts {
  const { values, ...rest } = parts;
  return {
    query: emptyQuery,
    engine: { state: () => 'ready' },
    collector: { sealAndLoad: async () => {}, stats: () => noStats },
    settings: apiSettingsOf({ 'listen.ui': '127.0.0.1:0', ...values }),
    log: () => {},
    version: '0.0.0-test',
    listeners: [{ name: 'otlp_http', url: 'http://127.0.0.1:4318' }],
    ...rest,
  };
}
