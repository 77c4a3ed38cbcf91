/** Programs that speak HTTP, and what their traces look like. For system tests. */
import type { Span } from '@clew/wire';
import { plain } from './kept.ts';

/** An ES module under the SDK. */
export const flags = ['--import', '@clew/sdk/register', '--input-type=module'];
/** No instrumentations but these. */
export const only = (names: string) => ({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: names });
const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
export const id = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** `kind name < parent's name`, sorted: what a trace looks like, whatever its ids and times. */
export function seen(spans: readonly Span[]): string[] {
  const names = new Map(spans.map((span) => [id(span.spanId), span.name]));
  const line = (span: Span) => {
    const parent = names.get(id(span.parentSpanId));
    return `${KINDS[span.kind]} ${span.name}${parent === undefined ? '' : ` < ${parent}`}`;
  };
  return spans.map(line).sort();
}

/** Of the first span of the kind. */
export const attributesOf = (spans: readonly Span[], kind: number) =>
  plain(spans.find((span) => span.kind === kind)!.attributes);

/** A server, a request to it by `call`, and the end of the server. */
export const roundTrip = (call: string) => `
  import { createServer, get } from 'node:http';
  const server = createServer((_, response) => response.end('hello'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = 'http://127.0.0.1:' + server.address().port + '/a?b=1';
  ${call}
  server.close();
  server.closeAllConnections();`;
export const byGet = `await new Promise((resolve) => get(url, (r) => r.resume().on('end', resolve)));`;
export const byFetch = 'await (await fetch(url)).text();';
