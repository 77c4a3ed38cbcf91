/** What the start takes from the environment. */
import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { start } from './start.ts';

afterEach(() => {
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
});

describe('the start', () => {
  const ignored = { OTEL_SERVICE_NAME: 'x', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'absent' };
  const processorsOf = (exporters: string) => {
    const started = start({ env: { ...ignored, OTEL_TRACES_EXPORTER: exporters } });
    const { processors } = started.provider.stats();
    trace.disable();
    context.disable();
    propagation.disable();
    void started.shutdown();
    return processors.length;
  };

  it('L10 takes a list of exporters; none is none, unknown ones are reported', () => {
    expect(processorsOf('')).toBe(1);
    expect(processorsOf('otlp,zipkin')).toBe(2);
    expect(processorsOf('none')).toBe(0);
    expect(processorsOf('console,otlp/stdout')).toBe(2);
    const said = vi.spyOn(diag, 'warn').mockImplementation(() => {});
    expect(processorsOf('console,carrier-pigeon')).toBe(1);
    expect(said.mock.calls.flat().join()).toContain('found "carrier-pigeon"');
    said.mockRestore();
  });

  it('L3 takes the level of the log, whatever its case; info when it is none', () => {
    const set = vi.spyOn(diag, 'setLogger');
    const levels = ['', 'ERROR', 'loud'].map((level) => {
      const env = { ...ignored, OTEL_LOG_LEVEL: level, OTEL_TRACES_EXPORTER: 'none' };
      void start({ env }).shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
      const [, choices] = set.mock.lastCall ?? [];
      return (choices as unknown as { logLevel: DiagLogLevel }).logLevel;
    });
    set.mockRestore();
    expect(levels).toEqual([DiagLogLevel.INFO, DiagLogLevel.ERROR, DiagLogLevel.INFO]);
  });

  it('says that it reads no declarative file', () => {
    const said = vi.spyOn(diag, 'warn').mockImplementation(() => {});
    const env = { ...ignored, OTEL_CONFIG_FILE: 'otel.yaml', OTEL_TRACES_EXPORTER: 'none' };
    void start({ env }).shutdown();
    expect(said.mock.calls.flat().join()).toContain('OTEL_CONFIG_FILE is not read');
    said.mockRestore();
  });
});
