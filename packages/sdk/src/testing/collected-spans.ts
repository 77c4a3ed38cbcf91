/**
 * What a block of a test traced, and what may be claimed of it. Every claim answers itself, so that
 * claims can be chained, or fails with the trees in the message. Never knows: how spans were collected.
 */

import { AssertionError } from 'node:assert';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { shapeDifference, shapeOf } from './shape.ts';
import { describeMatch, matches, type SpanMatch, type TestSpan } from './test-span.ts';

export interface RepeatOptions {
  /** So many alike children of one span are fine; 2 when absent. */
  readonly max?: number;
  /** Which spans count; those of clients (databases, HTTP) when absent. */
  readonly match?: SpanMatch;
  /** What makes two spans alike; name and statement without its values when absent. */
  readonly by?: (span: TestSpan) => string;
}

const REPEATS_MAX = 2;
const STATEMENTS = ['db.query.text', 'db.statement'];

export class CollectedSpans {
  /** By start. */
  readonly spans: readonly TestSpan[];
  readonly roots: readonly TestSpan[];

  constructor(spans: readonly TestSpan[]) {
    this.spans = spans;
    this.roots = spans.filter(({ parent }) => parent === undefined);
  }

  all(match: SpanMatch): TestSpan[] {
    return this.spans.filter((span) => matches(match, span));
  }

  /** The one span that fits; fails when there are none or several. */
  one(match: SpanMatch): TestSpan {
    const found = this.all(match);
    if (found.length !== 1) {
      this.#fail(`found ${found.length} spans of ${describeMatch(match)}, wanted one`);
    }
    return found[0]!;
  }

  /** Names, structure, errors and counts as text: what a shape snapshot holds. */
  shape(): string {
    return shapeOf(this.roots);
  }

  /** `count` spans fit; at least one when it is absent. */
  has(match: SpanMatch, count?: number): this {
    const found = this.all(match).length;
    if (count === undefined ? found === 0 : found !== count) {
      const wanted = count ?? 'at least one';
      this.#fail(`found ${found} spans of ${describeMatch(match)}, wanted ${wanted}`);
    }
    return this;
  }

  hasNot(match: SpanMatch): this {
    return this.has(match, 0);
  }

  /** The traces look like this; see `shape` for the notation. */
  hasShape(wanted: string): this {
    const lines = shapeDifference(wanted, this.roots);
    if (lines !== undefined) {
      throw new AssertionError({
        message: `the traces have another shape (- wanted, + found):\n${lines}`,
        actual: this.shape(),
        expected: wanted,
        operator: 'hasShape',
      });
    }
    return this;
  }

  /** As `hasShape` with the text of a file, which is written when it is missing or UPDATE=1. */
  matchesShapeFile(path: string): this {
    if (existsSync(path) && process.env['UPDATE'] !== '1') {
      return this.hasShape(readFileSync(path, 'utf8'));
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${this.shape()}\n`);
    return this;
  }

  /** Exactly one span fits, and it has these attributes. */
  hasAttributes(match: SpanMatch, attributes: Readonly<Record<string, unknown>>): this {
    const span = this.one(match);
    if (!matches({ attributes }, span)) {
      throw new AssertionError({
        message: `"${span.name}" has other attributes`,
        actual: pick(span.attributes, Object.keys(attributes)),
        expected: attributes,
        operator: 'hasAttributes',
      });
    }
    return this;
  }

  hasNoErrors(): this {
    const failed = this.spans.filter(({ isError }) => isError);
    if (failed.length > 0) {
      const said = failed.map(({ name, message = '' }) => `${name}: ${message}`).join('; ');
      this.#fail(`found ${failed.length} failed spans, wanted none: ${said}`);
    }
    return this;
  }

  /** Exactly one span fits, and it failed, with a message that fits when one is given. */
  hasError(match: SpanMatch, message?: string | RegExp): this {
    const span = this.one(match);
    const said = span.message ?? '';
    const fits =
      message === undefined || (message instanceof RegExp ? message.test(said) : message === said);
    if (!span.isError || !fits) {
      const found = span.isError ? `error "${said}"` : 'no error';
      this.#fail(`"${span.name}": found ${found}, wanted ${message ?? 'an error'}`);
    }
    return this;
  }

  /** Every span that fits, and at least one does, took `ms` milliseconds at most. */
  isWithin(match: SpanMatch, ms: number): this {
    this.has(match);
    for (const { name, durationMs } of this.all(match)) {
      if (durationMs > ms) this.#fail(`"${name}" took ${durationMs.toFixed(1)} ms, wanted ${ms}`);
    }
    return this;
  }

  /** No span has more than a few alike children: the sign of a query in a loop (N+1). */
  hasNoRepeats({
    max = REPEATS_MAX,
    match = { kind: 'client' },
    by = alike,
  }: RepeatOptions = {}): this {
    for (const parent of [...this.spans, undefined]) {
      const children = (parent?.children ?? this.roots).filter((span) => matches(match, span));
      const groups = new Map<string, number>();
      for (const child of children) groups.set(by(child), (groups.get(by(child)) ?? 0) + 1);
      for (const [what, count] of groups) {
        const under = parent === undefined ? 'at the top' : `under "${parent.name}"`;
        if (count > max)
          this.#fail(`found ${count} times "${what}" ${under}, wanted ${max} at most`);
      }
    }
    return this;
  }

  #fail(message: string): never {
    const shape = this.shape() || '(no spans)';
    throw new AssertionError({ message: `${message}\n\nThe traces:\n${shape}`, operator: 'spans' });
  }
}

/** Two calls with other values are alike: numbers and texts in the statement do not count. */
function alike({ name, attributes }: TestSpan): string {
  const key = STATEMENTS.find((one) => attributes[one] !== undefined);
  if (key === undefined) return name;
  const statement = String(attributes[key]).replace(/'[^']*'|\b\d+\b/g, '?');
  return `${name}: ${statement}`;
}

function pick(from: object, keys: readonly string[]): Record<string, unknown> {
  const all = from as Record<string, unknown>;
  return Object.fromEntries(keys.map((key) => [key, all[key]]));
}
