/**
 * `clew serve` as an operator meets it: starting, what keeps it from starting, ending.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { encodeTraces } from '@clew/wire';
import { describe, expect, it } from 'vitest';
import { collect, ended, run, serve, start, withFolder } from './rig.ts';

const body = encodeTraces({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: Uint8Array.from({ length: 16 }, (_, n) => n + 1),
              spanId: Uint8Array.from({ length: 8 }, (_, n) => n + 1),
              name: 'kept',
              startTimeUnixNano: BigInt(Date.now()) * 1_000_000n,
              endTimeUnixNano: BigInt(Date.now()) * 1_000_000n + 1_000n,
            },
          ],
        },
      ],
    },
  ],
});

describe('clew serve', () => {
  it('starts on free ports, keeps what it acknowledged over a stop, and ends in time', async () => {
    await withFolder(async (folder) => {
      const first = await serve(join(folder, 'data'), ['--ready-file', join(folder, 'ready.json')]);
      const { ui, otlp_http: http, otlp_grpc: grpc } = first.ready.listeners;
      expect(new Set([ui.port, http.port, grpc.port, 0]).size).toBe(4);
      expect(JSON.parse(await readFile(join(folder, 'ready.json'), 'utf8'))).toEqual(first.ready);
      const readyAnswer = await fetch(`${ui.url}/ready`);
      expect(readyAnswer.status).toBe(200);
      const sent = await fetch(`${http.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body,
      });
      expect(sent.status).toBe(200);
      const stopped = await first.stop();
      expect(stopped.code).toBe(0);
      expect(stopped.ms).toBeLessThan(10_000);

      const second = await serve(join(folder, 'data'));
      const answer = await fetch(
        `${second.ready.listeners.ui.url}/api/v1/traces/0102030405060708090a0b0c0d0e0f10`,
      );
      expect(JSON.stringify(await answer.json())).toContain('"kept"');
      await second.stop();
      console.log(
        `cold start: ${Math.round(first.startedInMs)} ms to ready, again on data ${Math.round(second.startedInMs)} ms; stop ${Math.round(stopped.ms)} ms`,
      );
    });
  });

  it('ends with the addresses and the variables for an SDK', async () => {
    await withFolder(async (folder) => {
      const ports = ['ui', 'otlp_http', 'otlp_grpc'].flatMap((name) => [`--listen.${name}`, ':0']);
      const child = start(['--data-dir', folder, '--log.level', 'off', ...ports]);
      const { out, err } = collect(child);
      await new Promise<void>((resolve) => {
        child.stdout?.on('data', () => out().includes('Ctrl-C') && resolve());
        child.once('close', () => resolve());
      });
      child.kill('SIGINT');
      expect(await ended(child)).toBe(0);
      expect(out()).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\n/);
      expect(out()).toContain('export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf');
      expect(out()).toContain('export OTEL_SERVICE_NAME=');
      expect(out()).not.toContain('\u001b');
      expect(err()).toBe('');
    });
  });

  it('names port, listener and flag when a port is taken', async () => {
    await withFolder(async (folder) => {
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
      const { port } = taken.address() as { port: number };
      const { code, out, err } = await run([
        'serve',
        '--data-dir',
        folder,
        '--listen.ui',
        `127.0.0.1:${port}`,
        '--listen.otlp_http',
        ':0',
        '--listen.otlp_grpc',
        ':0',
      ]);
      taken.close();
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(err).toContain(`port ${port} of listener ui (127.0.0.1:${port}) is taken`);
      expect(err).toContain(`--listen.ui 127.0.0.1:${port + 1}, or --listen.ui off`);
    });
  });

  it('refuses a data directory that another instance holds', async () => {
    await withFolder(async (folder) => {
      const first = await serve(folder);
      const ports = ['ui', 'otlp_http', 'otlp_grpc'].flatMap((name) => [`--listen.${name}`, ':0']);
      const { code, err } = await run(['serve', '--data-dir', folder, ...ports]);
      expect(code).toBe(1);
      expect(err).toContain(`in use by process ${first.ready.pid}`);
      expect(err).toContain('--data-dir DIR');
      await first.stop();
    });
  });

  it('names unknown settings with the nearest known one, wherever they come from', async () => {
    await withFolder(async (folder) => {
      const config = join(folder, 'clew.yaml');
      await writeFile(config, 'spool:\n  sink: always\n  seal_after: soon\n');
      const inFile = await run(['serve', '--config', config]);
      expect(inFile.code).toBe(2);
      expect(inFile.err).toContain(
        'unknown setting spool.sink (clew.yaml:2); the nearest known one is spool.sync',
      );
      expect(inFile.err).toContain('bad value for spool.seal_after (clew.yaml:3): found "soon"');
      const asFlag = await run(['serve', '--spool.sink', 'always']);
      expect(asFlag.code).toBe(2);
      expect(asFlag.err).toContain(
        'unknown flag --spool.sink; the nearest known one is --spool.sync',
      );
    });
  });

  it('says what to do when the data directory cannot be written', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const ports = ['ui', 'otlp_http', 'otlp_grpc'].flatMap((name) => [`--listen.${name}`, ':0']);
      const { code, err } = await run(['serve', '--data-dir', join(folder, 'file/x'), ...ports]);
      expect(code).toBe(1);
      expect(err).toContain('cannot be written');
      expect(err).toContain('--data-dir DIR');
    });
  });

  it('ends at once at the second signal', async () => {
    await withFolder(async (folder) => {
      const { child } = await serve(folder);
      child.kill('SIGTERM');
      child.kill('SIGINT');
      const begin = performance.now();
      await ended(child);
      expect(performance.now() - begin).toBeLessThan(5_000);
    });
  });
});

describe('help', () => {
  it('lists commands, and every setting with flag, variable and default', async () => {
    const program = await run(['--help']);
    expect(program.out).toContain('serve');
    expect(program.out).toContain('doctor');
    const { out } = await run(['serve', '--help']);
    expect(out).toContain('--listen.ui HOST:PORT|off');
    expect(out).toContain('default 127.0.0.1:16686 · CLEW_LISTEN_UI');
    expect(out).toContain('--spool.sync always|interval|never');
    expect(await run(['serve', '-h'])).toMatchObject({ code: 0, out });
  });

  it('names the nearest command', async () => {
    const { code, err } = await run(['serach']);
    expect(code).toBe(2);
    expect(err).toContain('did you mean `clew search`?');
  });

  it('prints version, settings and their schema', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const shown = JSON.parse((await run(['settings', '--json', '--data-dir', '/tmp/x'])).out);
    expect(shown.data_dir).toEqual({ value: '/tmp/x', from: 'flag --data-dir' });
    const schema = JSON.parse((await run(['settings', '--json-schema'])).out);
    expect(schema.properties['spool.sync'].enum).toContain('interval');
  });
});
