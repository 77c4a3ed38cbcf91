import { Metadata } from '@grpc/grpc-js';
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../context.ts';
import {
  attributeSetter,
  extractEnv,
  extractJob,
  injectEnv,
  injectJob,
  messageGetter,
  metadataGetter,
  metadataSetter,
} from './carriers.ts';
import { propagatorFromEnv } from './composite.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const contextOf = () => trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 });

describe('carriers', () => {
  beforeAll(() => {
    propagation.setGlobalPropagator(propagatorFromEnv({}));
  });
  afterAll(() => propagation.disable());

  it('jobs carry the context beside their payload', () => {
    const job = JSON.parse(JSON.stringify(injectJob({ id: 7 }, contextOf())));
    const { payload, context } = extractJob(job, ROOT_CONTEXT);
    expect(payload).toEqual({ id: 7 });
    expect(trace.getSpanContext(context)?.spanId).toBe(spanId);
    expect(extractJob({ _trace: 'x' }, ROOT_CONTEXT).context).toBe(ROOT_CONTEXT);
  });

  it('K14 child processes get it in their environment', () => {
    const env = injectEnv({ HOME: '/' }, contextOf());
    expect(env).toMatchObject({ HOME: '/', TRACEPARENT: `00-${traceId}-${spanId}-01` });
    expect(trace.getSpanContext(extractEnv(env, ROOT_CONTEXT))?.traceId).toBe(traceId);
  });

  it('K15 messages carry it as buffers, lists and attributes', () => {
    const header = `00-${traceId}-${spanId}-01`;
    const sqs: Record<string, unknown> = {};
    propagation.inject(contextOf(), sqs, attributeSetter);
    const carriers = [{ TraceParent: Buffer.from(header) }, { traceparent: [header] }, sqs];
    for (const carrier of carriers) {
      const context = propagation.extract(ROOT_CONTEXT, carrier, messageGetter);
      expect(trace.getSpanContext(context)?.traceId).toBe(traceId);
    }
  });

  it('K15 gRPC carries it in its metadata, whatever the case of a key', () => {
    const metadata = new Metadata();
    propagation.inject(contextOf(), metadata, metadataSetter);
    expect(metadata.get('TraceParent')).toEqual([`00-${traceId}-${spanId}-01`]);
    expect(metadataGetter.keys(metadata)).toEqual(['traceparent']);
    const context = propagation.extract(ROOT_CONTEXT, metadata, metadataGetter);
    expect(trace.getSpanContext(context)).toMatchObject({ traceId, spanId, isRemote: true });
    expect(propagation.extract(ROOT_CONTEXT, new Metadata(), metadataGetter)).toEqual(ROOT);
  });
});
