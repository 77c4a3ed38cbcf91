/**
 * An HTTP request in ClickHouse's form becomes one call of the engine: text, format, database,
 * settings, parameters, and the lane it runs in.
 */
import { randomUUID } from 'node:crypto';
import { EngineError } from './engine-error.mjs';
import { settingNames } from './setting-names.mjs';

const formatAtEnd = /\bformat\s+([A-Za-z]+)\s*;?\s*$/i;
const inputSource = /\binput\s*\(\s*('(?:[^'\\]|\\.|'')*')\s*\)/i;

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {number} bodyBytesMax
 * @param {(request: object) => Promise<{ path: string, source(structure: string): string }>} spool
 */
export async function readRequest(request, bodyBytesMax, spool) {
  const url = new URL(request.url ?? '/', 'http://engine');
  const call = readParameters(url.searchParams);
  const query = url.searchParams.get('query') ?? '';
  const streamed = query.match(inputSource);
  if (streamed) {
    const file = await spool(request);
    call.spooled = file.path;
    call.text = query.replace(inputSource, () => file.source(streamed[1])).replace(formatAtEnd, '');
  } else {
    const body = await readBody(request, bodyBytesMax);
    call.text = query && body ? `${query}\n${body}` : query || body;
  }
  call.lane = /^\s*insert\b/i.test(call.text) ? 'load' : 'query';
  return call;
}

function readParameters(searchParams) {
  const call = {
    queryId: randomUUID(),
    format: 'TabSeparated',
    settings: new Map(),
    params: new Map(),
  };
  for (const [name, value] of searchParams) {
    if (name === 'query' || name === 'wait_end_of_query') continue;
    if (name === 'database') call.database = value;
    else if (name === 'default_format') call.format = value;
    else if (name === 'query_id') call.queryId = value;
    else if (/^param_[A-Za-z_]\w*$/.test(name)) call.params.set(name.slice(6), value);
    else if (settingNames.has(name)) call.settings.set(name, value);
    else
      throw new EngineError(
        115,
        `Setting ${JSON.stringify(name)} is not on the host's list`,
        'UNKNOWN_SETTING',
      );
  }
  return call;
}

async function readBody(request, bodyBytesMax) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) {
      throw new EngineError(307, `The body is larger than ${bodyBytesMax} bytes`, 'TOO_MANY_BYTES');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
