import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { exportTraceResponse } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { BatchSpanProcessor } from '../batch/batch-processor.ts';
import { ClewTracerProvider } from '../tracer-provider.ts';
import { consoleExporter } from './console.ts';
import { OtlpHttpExporter } from './otlp-http.ts';
import { otlpJson } from './otlp-json.ts';
import type { OtlpOptions } from './otlp-settings.ts';
import { otlpSettings } from './otlp-settings.ts';
import { delayMs, retryAfterMs } from './retry.ts';

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly url: string | undefined;
  readonly body: Buffer;
  readonly port: number | undefined;
}
type Reply = (response: ServerResponse, count: number) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  diag.disable();
});

async function receiver(reply: Reply = (response) => response.end()) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const { headers, url, socket } = request;
      got.push({ headers, url, body: Buffer.concat(parts), port: socket.remotePort });
      reply(response, got.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { got, base: `http://127.0.0.1:${port}` };
}

async function send(base: string, options: OtlpOptions = {}, batches = 1) {
  const exporter = new OtlpHttpExporter({ url: `${base}/v1/traces`, ...options }, {});
  const processor = new BatchSpanProcessor(exporter);
  const provider = new ClewTracerProvider({ spanProcessors: [processor] });
  for (let at = 0; at < batches; at += 1) {
    provider
      .getTracer('t')
      .startSpan('x', { attributes: { a: 1, b: [0.5, null] } })
      .end();
    await provider.forceFlush();
  }
  await provider.shutdown();
  return processor.stats();
}

function listen(): string[] {
  const said: string[] = [];
  const keep = (text: string) => said.push(text);
  const logger: DiagLogger = { error: keep, warn: keep, info() {}, debug() {}, verbose() {} };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return said;
}

describe('the OTLP exporter', () => {
  it('I1 sends a body of many pieces whole, also compressed, and lets the loop turn meanwhile', async () => {
    const { got, base } = await receiver();
    const body = randomBytes(1024 * 1024);
    for (const compression of ['none', 'gzip'] as const) {
      const exporter = new OtlpHttpExporter({ url: `${base}/v1/traces`, compression }, {});
      let turns = 0;
      const count = () => {
        turns += 1;
        counting = setImmediate(count);
      };
      let counting = setImmediate(count);
      expect(await exporter.send({ body, spans: 1 })).toBe(true);
      clearImmediate(counting);
      expect(turns).toBeGreaterThan(body.length / 65_536);
      await exporter.shutdown();
    }
    expect(got[0]!.body.equals(body)).toBe(true);
    expect(gunzipSync(got[1]!.body).equals(body)).toBe(true);
  });

  it('I1 I8 I13 I14 posts protobuf over one connection that stays open', async () => {
    const { got, base } = await receiver();
    expect((await send(base, { headers: { 'x-key': 'k' } }, 2)).sent).toBe(2);
    expect(got[0]!.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-length': String(got[0]!.body.length),
      'x-key': 'k',
      'user-agent': expect.stringMatching(/^OTel-OTLP-Exporter-/),
    });
    expect(got[0]!.port).toBe(got[1]!.port);
    const [span] = decodeTraces(got[0]!.body).resourceSpans[0]!.scopeSpans[0]!.spans;
    expect(span!.name).toBe('x');
  });

  it('I6 compresses when told', async () => {
    const { got, base } = await receiver();
    await send(base, { compression: 'gzip' });
    expect(got[0]!.headers['content-encoding']).toBe('gzip');
    expect(decodeTraces(gunzipSync(got[0]!.body)).resourceSpans).toHaveLength(1);
  });

  it('I8 posts JSON when told', async () => {
    const { got, base } = await receiver((response) => response.end('{}'));
    await send(base, { protocol: 'http/json' });
    expect(got[0]!.headers['content-type']).toBe('application/json');
    const [span] = JSON.parse(String(got[0]!.body)).resourceSpans[0].scopeSpans[0].spans;
    expect(span).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/), kind: 1 });
    expect(span.startTimeUnixNano).toMatch(/^\d{19}$/);
    expect(span.attributes).toEqual([
      { key: 'a', value: { intValue: '1' } },
      { key: 'b', value: { arrayValue: { values: [{ doubleValue: 0.5 }, {}] } } },
    ]);
  });

  it('I9 tries again on 503, with what the server says about the time', async () => {
    const { got, base } = await receiver((response, count) => {
      if (count < 3) response.writeHead(503, { 'retry-after': '0' });
      response.end();
    });
    expect(await send(base)).toMatchObject({ sent: 1, dropped: {} });
    expect(got).toHaveLength(3);
    expect(got[2]!.body).toEqual(got[0]!.body);
  });

  it('I9 tries again when the connection breaks', async () => {
    const { got, base } = await receiver((response, count) => {
      if (count === 1) response.destroy();
      else response.end();
    });
    expect((await send(base)).sent).toBe(1);
    expect(got).toHaveLength(2);
  });

  it('I9 does not try again on 400', async () => {
    const said = listen();
    const { got, base } = await receiver((response) => response.writeHead(400).end('bad'));
    expect((await send(base)).dropped).toEqual({ export_failed: 1 });
    expect(got).toHaveLength(1);
    expect(said.join()).toContain('could not be sent');
  });

  it('I5 H2 gives up when the time is over', async () => {
    const { base } = await receiver(() => {});
    expect((await send(base, { timeoutMillis: 50 })).dropped).toEqual({ export_failed: 1 });
  });

  it('I11 reports a partial success and does not send again', async () => {
    const said = listen();
    const { got, base } = await receiver((response) =>
      response.end(exportTraceResponse(1, 'too old')),
    );
    expect((await send(base)).sent).toBe(1);
    expect(got).toHaveLength(1);
    expect(said.join()).toContain('1 of 1 spans were rejected: too old');
  });

  it('I12 refuses an answer of more than 4 MiB', async () => {
    const { got, base } = await receiver((response) => response.end(Buffer.alloc(5 * 1024 * 1024)));
    expect((await send(base)).dropped).toEqual({ export_failed: 1 });
    expect(got).toHaveLength(1);
  });
});

describe('the settings of OTLP', () => {
  const url = (env: Record<string, string>) => otlpSettings({}, env).url.href;

  it('I2 L11 appends the path to the base and uses the own address as it is', () => {
    expect(url({})).toBe('http://localhost:4318/v1/traces');
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a/b/' })).toBe('http://a/b/v1/traces');
    expect(url({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://a' })).toBe('https://a/');
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' })).toContain('localhost');
  });

  it('I3 I4 prefers code to the signal to the general variable; headers are decoded', () => {
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=x%20y',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=2',
      OTEL_EXPORTER_OTLP_TIMEOUT: '7',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    };
    expect(otlpSettings({}, env)).toMatchObject({
      headers: { a: '2', b: 'x y' },
      timeoutMs: 7,
      isGzip: true,
      protocol: 'http/json',
    });
    const options = { timeoutMillis: 9, headers: { a: '3' } };
    expect(otlpSettings(options, env)).toMatchObject({ timeoutMs: 9, headers: { a: '3' } });
  });

  it('I9 waits longer each time and understands Retry-After', () => {
    expect([1, 2, 3, 9].map((attempt) => delayMs(attempt, 0.5))).toEqual([500, 1000, 2000, 5000]);
    expect(retryAfterMs('3', 0)).toBe(3000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:09 GMT', 4000)).toBe(5000);
    expect(retryAfterMs('soon', 0)).toBeUndefined();
  });
});

describe('other exporters', () => {
  it('H4 the console prints a tree', async () => {
    let text = '';
    const exporter = consoleExporter((given) => {
      text += given;
    });
    const spanProcessors = [new BatchSpanProcessor(exporter)];
    const tracer = new ClewTracerProvider({ spanProcessors }).getTracer('t');
    tracer.startActiveSpan('parent', (parent) => {
      tracer.startSpan('child', { attributes: { a: 'b' } }).end();
      parent.setStatus({ code: 2, message: 'broken' }).end();
    });
    await spanProcessors[0]!.forceFlush();
    expect(text).toMatch(/^trace \w{32}\n {2}parent .* ERROR broken\n {4}child .* a=b\n$/);
  });

  it('JSON leaves out what has its default', () => {
    expect(otlpJson(new Uint8Array(0))).toBe('{"resourceSpans":[]}');
  });
});
