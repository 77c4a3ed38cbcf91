/**
 * What `search` and `query` share: which page of which time is asked for.
 *
 * Never knows: what is searched for.
 */
import type { Arguments, Flag } from '../command.ts';

export const byFlag: Flag = {
  key: 'by',
  type: 'choice',
  choices: ['trace', 'span'],
  default: 'trace',
  says: 'what to list',
};

export const pageFlags: readonly Flag[] = [
  {
    key: 'since',
    type: 'string',
    default: '1h',
    valueName: 'WHEN',
    says: 'how far back (15m, 2h, 1d) or a point in time (RFC 3339)',
  },
  {
    key: 'until',
    type: 'string',
    default: '',
    valueName: 'WHEN',
    says: 'the end of the range: how far back, or a point in time',
  },
  {
    key: 'cursor',
    type: 'string',
    default: '',
    valueName: 'CURSOR',
    says: 'go on where an earlier page ended',
  },
  { key: 'limit', type: 'int', default: 20, min: 1, max: 1000, says: 'at most this many' },
];

/** These flags → parameters of `GET /api/v1/search`. */
export function pageQuery({ values }: Arguments): URLSearchParams {
  const query = new URLSearchParams({ by: String(values['by']), limit: String(values['limit']) });
  if (values['cursor'] !== '') query.set('cursor', String(values['cursor']));
  query.set('from', pointInTime(String(values['since'])));
  // Without an end the server looks a little past now, where clocks that run ahead put their spans.
  if (values['until'] !== '') query.set('to', pointInTime(String(values['until'])));
  return query;
}

/** `15m` means 15 minutes ago; everything else is left to the server to read. */
function pointInTime(text: string): string {
  return /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text) ? `now-${text}` : text;
}
