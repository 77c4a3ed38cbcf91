/** Jaeger's API v3 over gRPC, on its own port and on the UI's, against the real engine. Messages are read by another decoder. */
import { encodeTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { type Api, createApi, createJaegerQueryApi } from '../src/api.ts';
import { openStored, type Stored } from './stored.ts';

const schema = protobuf.parse(`
  syntax = "proto3";
  message Time { int64 seconds = 1; int32 nanos = 2; }
  message Parameters {
    string service_name = 1; string operation_name = 2; map<string, string> attributes = 3;
    Time start_time_min = 4; Time start_time_max = 5; Time duration_min = 6; Time duration_max = 7;
    int32 search_depth = 8; bool raw_traces = 9; bytes filter = 10;
  }
  message Find { Parameters query = 1; }
  message Trace { string trace_id = 1; }
  message Service { string service = 1; string span_kind = 2; }
  message Between { Time start_time = 1; Time end_time = 2; }
  message Services { repeated string services = 1; }
  message Operation { string name = 1; string span_kind = 2; }
  message Operations { repeated Operation operations = 1; }
  message Dependency { string parent = 1; string child = 2; uint64 call_count = 3; }
  message Dependencies { repeated Dependency dependencies = 1; }
  message ServiceSummary { string name = 1; int32 span_count = 2; int32 error_span_count = 3; }
  message Summary {
    string trace_id = 1; string root_service_name = 2; string root_operation_name = 3;
    fixed64 min_start_time_unix_nano = 4; fixed64 max_end_time_unix_nano = 5;
    int32 span_count = 6; int32 error_span_count = 7; repeated ServiceSummary services = 9;
  }
  message Summaries { repeated Summary summaries = 1; }
`).root;

const baseMs = Math.floor((Date.now() - 90_000) / 60_000) * 60_000;
const seconds = baseMs / 1000;
const between = {
  startTimeMin: { seconds: seconds - 60 },
  startTimeMax: { seconds: seconds + 60 },
};
const checkoutId = '636865636b6f75740000000000000000';

let stored: Stored;
let query: Api;
let ui: Api;
let client: Client;
beforeAll(async () => {
  const listening = { 'listen.jaeger_query': '127.0.0.1:0', 'listen.ui': '127.0.0.1:0' };
  stored = await openStored({ values: listening });
  stored.accept(encodeTraces(checkoutTraces(BigInt(baseMs) * 1_000_000n)));
  await stored.load();
  query = (await createJaegerQueryApi(stored.parts))!;
  ui = await createApi(stored.parts);
  client = clientOf(query);
});
afterAll(async () => {
  client.close();
  await query.close();
  await ui.close();
  await stored.close();
});

const clientOf = (api: Api) => new Client(new URL(api.address).host, credentials.createInsecure());

function call(method: string, type: string, asked: object, through = client): Promise<Buffer[]> {
  const identity = (bytes: Buffer) => bytes;
  const request = schema.lookupType(type);
  const bytes = Buffer.from(request.encode(request.fromObject(asked)).finish());
  const path = `/jaeger.api_v3.QueryService/${method}`;
  const stream = through.makeServerStreamRequest(path, identity, identity, bytes);
  const messages: Buffer[] = [];
  stream.on('data', (message: Buffer) => messages.push(message));
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('end', () => resolve(messages));
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
function read(type: string, message: Buffer | undefined): any {
  const found = schema.lookupType(type);
  return found.toObject(found.decode(message!), { longs: String, defaults: true });
}

const spansOf = (messages: readonly Buffer[]) =>
  messages
    .flatMap((message) => decodeTraces(message).resourceSpans)
    .flatMap((resource) => resource.scopeSpans)
    .flatMap((scope) => scope.spans);

describe('lists', () => {
  test('services and their operations', async () => {
    const [services] = await call('GetServices', 'Services', {});
    expect(read('Services', services).services).toContain('frontend');
    const [operations] = await call('GetOperations', 'Service', { service: 'frontend' });
    const list = read('Operations', operations).operations;
    expect(list.length).toBeGreaterThan(0);
    for (const { name, spanKind } of list) expect([name, spanKind]).not.toContain('');
  });

  test('dependencies', async () => {
    const asked = { startTime: { seconds: seconds - 60 }, endTime: { seconds: seconds + 60 } };
    const [links] = await call('GetDependencies', 'Between', asked);
    const { dependencies } = read('Dependencies', links);
    expect(dependencies.map((link: { parent: string }) => link.parent)).toContain('frontend');
  });
});

describe('traces', () => {
  test('by id, on either port', async () => {
    const throughUi = clientOf(ui);
    for (const through of [client, throughUi]) {
      const spans = spansOf(await call('GetTrace', 'Trace', { traceId: checkoutId }, through));
      expect(spans.length).toBeGreaterThan(3);
      for (const span of spans) expect(Buffer.from(span.traceId).toString('hex')).toBe(checkoutId);
    }
    throughUi.close();
  });

  test('by a question, whole and as summaries', async () => {
    const asked = { query: { serviceName: 'frontend', ...between, searchDepth: 5 } };
    const [message] = await call('FindTraceSummaries', 'Find', asked);
    const { summaries } = read('Summaries', message);
    expect(summaries[0]).toMatchObject({ traceId: checkoutId });
    const spans = spansOf(await call('FindTraces', 'Find', asked));
    expect(spans.length).toBe(summaries[0].spanCount);
  });

  test('of which none matches are an empty answer', async () => {
    const asked = { query: { attributes: { nobody: 'has this' }, ...between } };
    expect(await call('FindTraces', 'Find', asked)).toEqual([]);
  });
});

describe('refusals', () => {
  const refused = (method: string, type: string, asked: object): Promise<ServiceError> =>
    call(method, type, asked).then(
      () => Promise.reject(new Error('it was answered')),
      (error: ServiceError) => error,
    );

  test.each([
    ['GetTrace', 'Trace', { traceId: 'zz' }, status.INVALID_ARGUMENT, /wanted 1 to 32 hex digits/],
    ['GetTrace', 'Trace', { traceId: 'ff' }, status.NOT_FOUND, /trace not found/],
    ['GetOperations', 'Service', {}, status.INVALID_ARGUMENT, /wanted a name/],
    ['FindTraces', 'Find', { query: {} }, status.INVALID_ARGUMENT, /required/],
    [
      'FindTraces',
      'Find',
      { query: { ...between, filter: Buffer.from([10, 0]).toString('base64') } },
      status.INVALID_ARGUMENT,
      /TraceQL/,
    ],
  ])('%s of %s %j', async (method, type, asked, code, words) => {
    const error = await refused(method, type, asked);
    expect(error.code).toBe(code);
    expect(error.details).toMatch(words);
  });

  test('of bytes that are no message', async () => {
    const identity = (bytes: Buffer) => bytes;
    const path = '/jaeger.api_v3.QueryService/FindTraces';
    const stream = client.makeServerStreamRequest(path, identity, identity, Buffer.from([10, 200]));
    const error = await new Promise<ServiceError>((resolve) => stream.once('error', resolve));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    stream.on('data', () => {});
  });
});
