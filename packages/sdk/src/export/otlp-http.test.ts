import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { decodeTraces } from '@clew/wire/decode';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../test/diagnostics.ts';
import { cleanUp, receiver, send } from '../../test/otlp-receiver.ts';
import { otlpExporter } from './otlp.ts';
import { OtlpHttpExporter } from './otlp-http.ts';
import { otlpSettings } from './otlp-settings.ts';
import { delayMs, retryAfterMs } from './retry.ts';

afterEach(cleanUp);

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

  it('L11 of the variables are those of the exporter that is made with the first batch', async () => {
    const { got, base } = await receiver();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/otlp`,
      OTEL_EXPORTER_OTLP_HEADERS: 'tenant=blue',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    };
    const exporter = otlpExporter({}, env);
    expect(await exporter.send({ body: new Uint8Array(0), spans: 0 })).toBe(true);
    await exporter.shutdown();
    expect(got[0]).toMatchObject({
      url: '/otlp/v1/traces',
      headers: { tenant: 'blue', 'content-encoding': 'gzip' },
    });
  });

  it('I4 leaves out a header that cannot be sent, and keeps the rest', () => {
    const said = listen();
    const headers = { 'not a name': '1', value: 'two\nlines', good: 'yes' };
    expect(otlpSettings({ headers }, {}).headers).toEqual({ good: 'yes' });
    expect(said.join()).toContain('not a name');
    expect(said.join()).not.toContain('two');
  });

  it('I9 waits longer each time and understands Retry-After', () => {
    expect([1, 2, 3, 9].map((attempt) => delayMs(attempt, 0.5))).toEqual([500, 1000, 2000, 5000]);
    expect(retryAfterMs('3', 0)).toBe(3000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:09 GMT', 4000)).toBe(5000);
    expect(retryAfterMs('soon', 0)).toBeUndefined();
  });
});
