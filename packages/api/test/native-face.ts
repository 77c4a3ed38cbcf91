/** The native API over a store that has the checkout: answers are held against their schemas. */
import { bytesToHex, encodeTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import * as v from 'valibot';
import { expect } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { errorAnswer } from '../src/native/answers.ts';
import { openStored, type Stored } from './stored.ts';

export const nowMs = Date.now();
export const baseNs = BigInt(nowMs - 60_000) * 1_000_000n;

const request = encodeTraces(checkoutTraces(baseNs));
const spans = decodeTraces(request).resourceSpans.flatMap(({ scopeSpans }) =>
  scopeSpans.flatMap((scope) => scope.spans),
);
export const checkoutId = bytesToHex(spans[0]!.traceId);
/** The newest trace. */
export const warehouseId = bytesToHex(spans.at(-1)!.traceId);

export type NativeFace = {
  readonly stored: Stored;
  /** What a request that succeeds answers. */
  ask<Schema extends v.GenericSchema>(url: string, schema: Schema): Promise<v.InferOutput<Schema>>;
  refusal(
    url: string,
  ): Promise<{ readonly status: number } & v.InferOutput<typeof errorAnswer>['error']>;
};

export async function openNative(): Promise<NativeFace> {
  const stored = await openStored();
  stored.accept(request);
  await stored.load();
  return {
    stored,
    async ask(url, schema) {
      const answer = await stored.get(url);
      const failed = answer.statusCode === 200 ? '' : answer.body;
      expect([url, answer.statusCode, failed]).toEqual([url, 200, '']);
      return v.parse(schema, answer.json());
    },
    async refusal(url) {
      const answer = await stored.get(url);
      const { error } = v.parse(errorAnswer, answer.json());
      return { status: answer.statusCode, ...error };
    },
  };
}
