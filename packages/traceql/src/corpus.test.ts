import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { TraceqlError, type TraceqlErrorKind } from './errors.ts';
import { parse } from './parser.ts';
import { printQuery } from './print.ts';

const corpus = (name: string): string[] =>
  readFileSync(new URL(`../cases/${name}.tql`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replaceAll('␤', '\n').replaceAll('␉', '\t'));

const verdict = (text: string): TraceqlErrorKind | 'fine' => {
  try {
    check(parse(text), text);
    return 'fine';
  } catch (error) {
    if (error instanceof TraceqlError) return error.kind;
    throw error;
  }
};

describe.each([
  ['search', 'fine'],
  ['metrics', 'fine'],
  ['syntax-errors', 'syntax'],
  ['type-errors', 'type'],
  ['unsupported', 'unsupported'],
] as const)('the corpus of %s', (name, wanted) => {
  it.each(corpus(name))('%s', (text) => {
    expect(verdict(text)).toBe(wanted);
  });
});

describe('printing', () => {
  it.each([...corpus('search'), ...corpus('metrics')])('is a fixed point: %s', (text) => {
    const once = printQuery(parse(text));
    expect(printQuery(parse(once))).toBe(once);
  });

  it.each(corpus('search'))('makes a search: %s', (text) => {
    expect(['pipeline', 'pipeline-binary']).toContain(parse(text).body.kind);
  });

  it.each(corpus('metrics'))('makes metrics: %s', (text) => {
    expect(['metrics', 'metrics-binary']).toContain(parse(text).body.kind);
  });
});

describe('any text', () => {
  const texts = ['search', 'metrics', 'syntax-errors', 'type-errors'].flatMap(corpus);

  it('gives a tree or a TraceqlError, never anything else', () => {
    const piece = fc.tuple(fc.constantFrom(...texts), fc.nat(80), fc.nat(80));
    const mixed = fc
      .array(piece, { minLength: 1, maxLength: 3 })
      .map((pieces) => pieces.map(([text, from, to]) => text.slice(from, from + to)).join(' '));
    fc.assert(
      fc.property(fc.oneof(mixed, fc.string()), (text) => {
        verdict(text);
      }),
      { numRuns: 3000, seed: 7 },
    );
  });
});
