/** What a receiver answers, and what becomes of the batch: all of it is bounded. */
import { gzipSync } from 'node:zlib';
import { exportTraceResponse } from '@clew/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../test/diagnostics.ts';
import { cleanUp, receiver, send } from '../../test/otlp-receiver.ts';
import { OtlpHttpExporter } from './otlp-http.ts';

afterEach(cleanUp);

const lost = { sent: 0, dropped: { export_failed: 1 } };

describe('the answer to a batch', () => {
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

  it('I12 does not send a request of more than 64 MiB', async () => {
    const said = listen();
    const { got, base } = await receiver();
    const exporter = new OtlpHttpExporter({ url: base }, {});
    const body = new Uint8Array(64 * 1024 * 1024 + 1);
    expect(await exporter.send({ body, spans: 7 })).toBe(false);
    await exporter.shutdown();
    expect(got).toEqual([]);
    expect(said.join()).toContain('7 spans could not be sent');
  });

  it('I12 refuses one that is small and inflates to more than 4 MiB', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const { got, base } = await receiver((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(await send(base)).toMatchObject(lost);
    expect(got).toHaveLength(1);
  });

  it('I12 reads no further when it does not end', async () => {
    let closed: (() => void) | undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { got, base } = await receiver((response) => {
      const part = Buffer.alloc(1024 * 1024);
      const more = () => response.write(part) && setImmediate(more);
      response.on('drain', more).on('close', () => closed?.());
      more();
    });
    expect(await send(base)).toMatchObject(lost);
    await isClosed;
    expect(got).toHaveLength(1);
  });

  it('I5 gives up when it comes byte by byte, however long it goes on', async () => {
    const { base } = await receiver((response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await send(base, { timeoutMillis: 100 })).toMatchObject(lost);
  });

  it('I11 is not needed: one that cannot be read means that the batch was taken', async () => {
    const nonsense = [
      Buffer.from('nonsense'),
      Buffer.from([0x0a, 0xff, 0xff]),
      Buffer.alloc(9, 0xff),
    ];
    for (const body of nonsense) {
      const { got, base } = await receiver((response) => response.end(body));
      expect((await send(base)).sent).toBe(1);
      expect((await send(base, { protocol: 'http/json' })).sent).toBe(1);
      expect(got).toHaveLength(2);
    }
  });

  it('I12 is lost when it is not what its header says', async () => {
    const { got, base } = await receiver((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
    );
    expect(await send(base)).toMatchObject(lost);
    expect(got).toHaveLength(1);
  });
});
