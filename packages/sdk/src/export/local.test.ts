/** Exporters that need no server: the console and a file. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../test/diagnostics.ts';
import { cleanUp } from '../../test/otlp-receiver.ts';
import { type BatchExporter, BatchSpanProcessor } from '../batch/batch-processor.ts';
import { ClewTracerProvider } from '../tracer-provider.ts';
import { consoleExporter } from './console.ts';
import { fileExporter } from './file.ts';
import { otlpJson } from './otlp-json.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
  cleanUp();
});

/** A trace of two spans in one batch. */
async function sendTwo(exporter: BatchExporter) {
  const processor = new BatchSpanProcessor(exporter);
  const tracer = new ClewTracerProvider({ spanProcessors: [processor] }).getTracer('t');
  tracer.startActiveSpan('parent', (parent) => {
    tracer.startSpan('child', { attributes: { a: 'b' } }).end();
    parent.setStatus({ code: 2, message: 'broken' }).end();
  });
  await processor.forceFlush();
  return processor;
}

/** The names in a line of OTLP/JSON. */
const namesIn = (line: string): string[] =>
  (
    JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] }
  ).resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans.map(({ name }) => name));

describe('the console', () => {
  const printed = async (form?: 'tree' | 'json') => {
    let text = '';
    const print = (given: string) => {
      text += given;
    };
    await sendTwo(consoleExporter({ print, ...(form === undefined ? {} : { form }) }));
    return text;
  };

  it('H4 prints a tree', async () => {
    expect(await printed()).toMatch(
      /^trace \w{32}\n {2}parent .* ERROR broken\n {4}child .* a=b\n$/,
    );
  });

  it('H4 I19 prints a line of OTLP/JSON when told', async () => {
    const text = await printed('json');
    expect(text).toMatch(/^[^\n]+\n$/);
    expect(namesIn(text)).toEqual(['child', 'parent']);
  });
});

describe('a file', () => {
  const pathIn = () => {
    const folder = mkdtempSync(join(tmpdir(), 'clew-file-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    return join(folder, 'spans.jsonl');
  };

  it('I19 gets a line of OTLP/JSON for every batch, also at the exit', async () => {
    const path = pathIn();
    const processor = await sendTwo(fileExporter(path));
    new ClewTracerProvider({ spanProcessors: [processor] }).getTracer('t').startSpan('last').end();
    processor.flushNow();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map(namesIn)).toEqual([['child', 'parent'], ['last']]);
    expect(processor.stats()).toMatchObject({ sent: 3, dropped: {} });
  });

  it('that cannot be written costs its spans, which are counted and told', async () => {
    const said = listen();
    const processor = await sendTwo(fileExporter(join(pathIn(), 'no', 'folder')));
    expect(processor.stats()).toMatchObject({ sent: 0, dropped: { export_failed: 2 } });
    expect(said.join()).toContain('spans cannot be written to');
  });
});

it('JSON leaves out what has its default', () => {
  expect(otlpJson(new Uint8Array(0))).toBe('{"resourceSpans":[]}');
});
