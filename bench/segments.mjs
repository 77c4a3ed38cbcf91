/**
 * Segments of the benchmark payload, written as the collector writes them.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { frame } from '@clew/wire';
import { SPANS_PER_REQUEST, stamp } from './payload.mjs';

const FACTS = { tenant: 'default', listener: 'otlp_http' };

/**
 * Writes one segment of `spans` spans that start at `startMs`, one request every `stepMs`.
 * @returns {{ id: bigint, path: string, token: string, bytes: number, firstTraceId: string }}
 */
export function writeSegment(dir, id, requests, { spans, startMs, stepMs = 1, chance }) {
  const path = join(dir, `${id}.segment`);
  const file = openSync(path, 'w');
  let bytes = 0;
  let firstTraceId = '';
  for (let turn = 0; turn < spans / SPANS_PER_REQUEST; turn++) {
    const request = requests[turn % requests.length];
    const body = stamp(request, startMs + turn * stepMs, chance);
    const { head, trailer } = frame(body, { ...FACTS, arrivedMs: startMs }, crc32);
    for (const piece of [head, body, trailer]) bytes += writeSync(file, piece);
    const at = request.traceAt[0];
    if (turn === 0) firstTraceId = body.toString('hex', at, at + 16);
  }
  closeSync(file);
  return { id, path, token: `bench-${id}`, bytes, firstTraceId };
}
