/** Tempo's query API over a store that has the checkout, as Grafana reads it: decoded by another decoder. */
import { encodeTraces } from '@clew/wire';
import type { LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { openStored, type Stored } from './stored.ts';
import { decodeTempo } from './tempo-schema.ts';

const baseMs = Math.floor((Date.now() - 90_000) / 60_000) * 60_000;
export const baseNs = BigInt(baseMs) * 1_000_000n;
/** Epoch seconds, around all that is stored. */
export const [start, end] = [baseMs / 1000 - 60, baseMs / 1000 + 60];
export const checkoutId = '636865636b6f75740000000000000000';

type Decoded = ReturnType<typeof decodeTempo>;

export type TempoFace = {
  readonly stored: Stored;
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** What a request that succeeds answers. */
  json(path: string): Promise<Decoded>;
  proto(path: string, message: string): Promise<Decoded>;
  refusal(path: string): Promise<readonly [status: number, body: string]>;
};

/** @param requests what is stored beside the checkout */
export async function openTempo(...requests: readonly Uint8Array[]): Promise<TempoFace> {
  const stored = await openStored();
  for (const request of [encodeTraces(checkoutTraces(baseNs)), ...requests]) stored.accept(request);
  await stored.load();
  const get: TempoFace['get'] = (path, headers = {}) => stored.get(`/tempo${path}`, headers);
  return {
    stored,
    get,
    async json(path) {
      const answer = await get(path);
      expect([answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([200, '']);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      return answer.json();
    },
    async proto(path, message) {
      const answer = await get(path, { accept: 'application/protobuf' });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('application/protobuf');
      return decodeTempo(message, answer.rawPayload);
    },
    async refusal(path) {
      const answer = await get(path);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      return [answer.statusCode, answer.body];
    },
  };
}

/** A trace whose values, names and times are all unusual, though allowed. */
export function oddTrace() {
  const traceId = '0dd0'.padStart(32, '0');
  const value = { type: 'string', value: 'a' } as const;
  const request = encodeTraces({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: Buffer.from(traceId, 'hex'),
                spanId: Buffer.from('00000000000000aa', 'hex'),
                name: 'odd',
                startTimeUnixNano: baseNs + 1000n,
                endTimeUnixNano: baseNs,
                attributes: [
                  { key: 'odd/name here', value: { type: 'string', value: 'yes' } },
                  { key: 'list', value: { type: 'array', value: [value] } },
                  { key: 'raw', value: { type: 'bytes', value: new Uint8Array([1, 2]) } },
                  { key: 'tree', value: { type: 'kvlist', value: [{ key: 'k', value }] } },
                  { key: 'z', value: { type: 'double', value: Number.NaN } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  return { request, traceId };
}
