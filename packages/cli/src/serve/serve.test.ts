import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { greeting, readyJson } from './greeting.ts';
import { createLog } from './log.ts';
import { portError, portProblems, splitAddress } from './ports.ts';

const facts = {
  version: '0.1.0',
  pid: 42,
  dataDir: '/srv/clew',
  engine: { kind: 'embedded', version: '26.7.1', pid: 43 },
  listeners: [
    { name: 'ui', url: 'http://127.0.0.1:16686' },
    { name: 'otlp_grpc', url: 'http://127.0.0.1:4317' },
    { name: 'otlp_http', url: 'http://[::1]:4318' },
  ],
  startMs: 812.4,
};

describe('greeting', () => {
  it('ends a start with addresses and variables to copy', () => {
    expect(`\n${greeting(facts, createStyle(false, false), 'clew demo')}`).toMatchInlineSnapshot(`
      "

      ✓ Clew is ready 0.1.0 · embedded engine 26.7.1 · 812 ms

        Open       http://127.0.0.1:16686
        OTLP/HTTP  http://[::1]:4318
        OTLP/gRPC  http://127.0.0.1:4317
        Data       /srv/clew

        Send spans from any service with an OpenTelemetry SDK:

          export OTEL_EXPORTER_OTLP_ENDPOINT=http://[::1]:4318
          export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
          export OTEL_SERVICE_NAME=my-service

        Nothing to trace yet? clew demo
        Ctrl-C stops; nothing that was acknowledged is lost.

      "
    `);
  });

  it('names gRPC when that is all there is', () => {
    const listeners = facts.listeners.slice(0, 2);
    const text = greeting({ ...facts, listeners }, createStyle(false, false), '');
    expect(text).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=grpc');
    expect(text).not.toContain('clew demo');
  });

  it('is one JSON line for programs', () => {
    const line = readyJson(facts);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({
      ready: true,
      listeners: { ui: { port: 16686, host: '127.0.0.1' }, otlp_http: { host: '::1', port: 4318 } },
    });
  });
});

describe('ports', () => {
  it('splits addresses', () => {
    expect(splitAddress('[::1]:4317')).toEqual({ host: '::1', port: 4317 });
    expect(splitAddress('off')).toBeUndefined();
  });

  it('names port, listener and flag', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const problems = await portProblems([
      { key: 'listen.ui', address: `127.0.0.1:${port}` },
      { key: 'listen.otlp_http', address: '127.0.0.1:0' },
      { key: 'listen.otlp_grpc', address: 'off' },
    ]);
    taken.close();
    expect(problems).toEqual([
      { key: 'listen.ui', address: `127.0.0.1:${port}`, code: 'EADDRINUSE' },
    ]);
    const error = portError([{ key: 'listen.ui', address: '127.0.0.1:16686', code: 'EADDRINUSE' }]);
    expect(error.message).toBe(
      'port 16686 of listener ui (127.0.0.1:16686) is taken by another program',
    );
    expect(error.hint).toBe('use another: --listen.ui 127.0.0.1:16687, or --listen.ui off');
  });
});

describe('log', () => {
  function logged(format: 'text' | 'json', work: (log: ReturnType<typeof createLog>) => void) {
    let text = '';
    const style = createStyle(false, false);
    const terminal: Terminal = {
      out: () => undefined,
      err: (more) => {
        text += more;
      },
      stdin: Readable.from([]),
      env: {},
      width: 100,
      isTty: false,
      isErrTty: false,
      style,
      errStyle: style,
      now: () => 0,
    };
    work(createLog({ level: 'info', format }, terminal));
    return text;
  }

  it('writes text for people', () => {
    const text = logged('text', (log) =>
      log('warn', 'engine host ended', { code: 137, why: 'a b' }),
    );
    expect(text).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} warn {2}engine host ended {2}code=137 why="a b"\n$/,
    );
  });

  it('writes JSON for programs, levels as words, passwords never', () => {
    const text = logged('json', (log) => {
      log('debug', 'not shown');
      log('info', 'settings', { values: { password: 'secret' }, 'clickhouse.password': 'secret' });
    });
    expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'settings' });
    expect(text).not.toContain('secret');
  });
});
