/**
 * `clew search`: recent traces or spans by the same filters as the API, as a table or JSON.
 *
 * Flags become query parameters one to one; never knows how a search is run.
 */
import { type Arguments, type Command, jsonFlag, serverFlag } from '../command.ts';
import { createServerClient } from '../server-client.ts';
import { printHits, type SearchAnswer } from '../terminal/hits.ts';
import { byFlag, pageFlags, pageQuery } from './page.ts';

export const command: Command = {
  name: 'search',
  says: 'find traces or spans',
  usage: '[--service NAME] [--attr key=value …]',
  positionalsMax: 0,
  flags: [
    byFlag,
    { key: 'service', type: 'string', default: '', valueName: 'NAME', says: 'of this service' },
    { key: 'operation', type: 'string', default: '', valueName: 'NAME', says: 'span name' },
    {
      key: 'status',
      type: 'choice',
      choices: ['ok', 'error', 'unset'],
      default: '',
      says: 'span status',
    },
    {
      key: 'kind',
      type: 'choice',
      choices: ['server', 'client', 'producer', 'consumer', 'internal', 'unspecified'],
      default: '',
      says: 'span kind',
    },
    {
      key: 'attr',
      type: 'string',
      default: '',
      valueName: 'KEY=VALUE',
      isRepeatable: true,
      says: 'attribute; also != > >= < <= ~ !~ and a prefix span. resource. scope. event. link.',
    },
    { key: 'min_duration', type: 'duration', default: '', says: 'at least this long' },
    { key: 'max_duration', type: 'duration', default: '', says: 'at most this long' },
    ...pageFlags,
    serverFlag,
    jsonFlag,
  ],
  examples: [
    ['clew search --service payments --status error', 'failed payments of the last hour'],
    ['clew search --attr http.response.status_code>=500 --since 15m', 'server errors just now'],
    ['clew search --by span --min-duration 1s --json', 'slow spans, for a program'],
  ],
  run: async (args, terminal) => {
    const client = createServerClient(String(args.values['server']));
    const answer = await client.get<SearchAnswer>(`/api/v1/search?${searchQuery(args)}`);
    if (args.values['json'] === true) terminal.out(`${JSON.stringify(answer)}\n`);
    else terminal.out(printHits(answer, client.url, terminal));
    return 0;
  },
};

/** Flags → the query string of `GET /api/v1/search`. */
export function searchQuery(args: Arguments): URLSearchParams {
  const { values, lists } = args;
  const query = pageQuery(args);
  for (const key of ['service', 'operation', 'status', 'kind']) {
    if (values[key] !== '') query.set(key, String(values[key]));
  }
  for (const text of lists['attr'] ?? []) query.append('attr', text);
  if (values['min_duration'] !== '') query.set('minDuration', `${values['min_duration']}ms`);
  if (values['max_duration'] !== '') query.set('maxDuration', `${values['max_duration']}ms`);
  return query;
}
