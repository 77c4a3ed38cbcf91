import { spawn } from 'node:child_process';
import { decodeTraces } from '@clew/wire/decode';
import * as grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { kept } from '../../test/kept.ts';
import type { SpanBatch } from '../batch/span-bin.ts';
import { otlpExporter } from './otlp.ts';
import { OtlpGrpcExporter, retryInfoMs } from './otlp-grpc.ts';
import { otlpSettings } from './otlp-settings.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Answer = (count: number) => Partial<grpc.ServiceError> | null;

/** A real gRPC server with the one method of OTLP. */
async function receiver(answer: Answer = () => null) {
  const got: { body: Buffer; metadata: grpc.Metadata }[] = [];
  const server = new grpc.Server();
  const same = (bytes: Buffer) => bytes;
  const Export: grpc.handleUnaryCall<Buffer, Buffer> = ({ request, metadata }, done) => {
    got.push({ body: request, metadata });
    const error = answer(got.length);
    if (error === null) done(null, Buffer.alloc(0));
    else done(error);
  };
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const codec = { requestSerialize: same, requestDeserialize: same };
  const back = { responseSerialize: same, responseDeserialize: same };
  const streams = { requestStream: false, responseStream: false };
  server.addService({ Export: { path, ...codec, ...back, ...streams } }, { Export });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  closing.push(() => server.forceShutdown());
  return { got, url: `http://127.0.0.1:${port}` };
}

async function batch(): Promise<SpanBatch> {
  const { tracer, exporter, spans } = kept();
  tracer.startSpan('x').end();
  await spans();
  return exporter.batches[0]!;
}

/** google.rpc.Status with a RetryInfo of `ms` milliseconds. */
function retryInfo(ms: number): Buffer {
  const part = (tag: number, bytes: Uint8Array) => Buffer.from([tag, bytes.length, ...bytes]);
  const nanos = ms * 1e6;
  const varint: number[] = [];
  for (let rest = nanos; ; rest = Math.floor(rest / 128)) {
    varint.push(rest > 127 ? (rest % 128) | 128 : rest);
    if (rest <= 127) break;
  }
  const info = part(0x0a, Buffer.from([0x10, ...varint]));
  const type = part(0x0a, Buffer.from('type.googleapis.com/google.rpc.RetryInfo'));
  return part(0x1a, Buffer.concat([type, part(0x12, info)]));
}

describe('OTLP over gRPC', () => {
  it('I1 I10 sends, with headers, and tries again while the server is unavailable', async () => {
    const { got, url } = await receiver((count) =>
      count === 1 ? { code: grpc.status.UNAVAILABLE, details: 'later' } : null,
    );
    const exporter = otlpExporter({ url, protocol: 'grpc', headers: { tenant: 'a' } }, {});
    expect(await exporter.send(await batch())).toBe(true);
    await exporter.shutdown();
    expect(got).toHaveLength(2);
    expect(got[1]!.metadata.get('tenant')).toEqual(['a']);
    const { resourceSpans } = decodeTraces(got[1]!.body);
    expect(resourceSpans[0]!.scopeSpans[0]!.spans[0]!.name).toBe('x');
  });

  it('I10 takes no other answer for one that passes', async () => {
    const { got, url } = await receiver(() => ({ code: grpc.status.INVALID_ARGUMENT }));
    const exporter = new OtlpGrpcExporter({ url }, {});
    expect(await exporter.send(await batch())).toBe(false);
    await exporter.shutdown();
    expect(got).toHaveLength(1);
  });

  it('I10 waits for an exhausted server only when it says how long', async () => {
    const code = grpc.status.RESOURCE_EXHAUSTED;
    const silent = await receiver(() => ({ code }));
    const first = new OtlpGrpcExporter({ url: silent.url }, {});
    expect(await first.send(await batch())).toBe(false);
    expect(silent.got).toHaveLength(1);
    const metadata = new grpc.Metadata();
    metadata.set('grpc-status-details-bin', retryInfo(20));
    const telling = await receiver((count) => (count === 1 ? { code, metadata } : null));
    const second = new OtlpGrpcExporter({ url: telling.url }, {});
    expect(await second.send(await batch())).toBe(true);
    await Promise.all([first.shutdown(), second.shutdown()]);
  });

  it('reads the wait of a RetryInfo, and nothing of broken bytes', () => {
    expect(retryInfoMs(retryInfo(250))).toBe(250);
    expect(retryInfoMs(Buffer.from([0x1a, 0xff]))).toBeUndefined();
  });

  it('H2 fails after shutdown and when nobody listens', async () => {
    const exporter = new OtlpGrpcExporter({ url: 'http://127.0.0.1:1', timeoutMillis: 50 }, {});
    const one = await batch();
    expect(await exporter.send(one)).toBe(false);
    await exporter.shutdown();
    expect(await exporter.send(one)).toBe(false);
  });

  it('sends before it returns when the process exits', async () => {
    const url = await receiverInChild();
    const exporter = new OtlpGrpcExporter({ url }, {});
    expect(exporter.sendNow([await batch()])).toEqual([true]);
  });

  it('I2 L11 reads its target: port 4317, scheme or INSECURE decide about TLS', () => {
    const url = (env: Record<string, string>) =>
      otlpSettings({}, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', ...env }).url.href;
    expect(url({})).toBe('http://localhost:4317/');
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'a:1' })).toBe('https://a:1/');
    const insecure = { OTEL_EXPORTER_OTLP_INSECURE: 'true' };
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'a:1', ...insecure })).toBe('http://a:1/');
    expect(url({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://b:2' })).toBe('https://b:2/');
  });
});

/** The process stands still while it sends, so the server must be another one. */
async function receiverInChild(): Promise<string> {
  const program = `
    const grpc = require('@grpc/grpc-js');
    const same = (bytes) => bytes;
    const server = new grpc.Server();
    server.addService({ Export: {
      path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      requestSerialize: same, requestDeserialize: same, responseSerialize: same,
      responseDeserialize: same, requestStream: false, responseStream: false,
    } }, { Export: ({ request }, done) => done(null, Buffer.alloc(0)) });
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(),
      (_, port) => process.stdout.write(String(port)));`;
  const child = spawn(process.execPath, ['-e', program], { cwd: import.meta.dirname });
  closing.push(() => child.kill());
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text))),
  );
  return `http://127.0.0.1:${port}`;
}
