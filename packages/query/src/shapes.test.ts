/** What a shape widens, what it narrows, and when there is none: read as TraceQL. */
import { printSearch } from '@clew/traceql';
import { describe, expect, test } from 'vitest';
import { textQuestion } from './question.ts';
import { shapeOf } from './shapes.ts';

function shapeText(text: string): string | null {
  const { body } = textQuestion(text, { fromNs: 0n, toNs: 1n }).query;
  if (body.kind === 'metrics' || body.kind === 'metrics-binary') throw new Error('no search');
  const shape = shapeOf(body);
  return shape && printSearch({ kind: 'pipeline', stages: [shape] });
}

describe('the shape of a search', () => {
  test.each([
    ['{ .a } > { .b }', null],
    ['{ .a } !~ { .b }', '{ .a } !~ { .b }'],
    // Known only of the whole trace: more may be chosen by it, nothing may be denied by it.
    ['{ .a } !> { .b && span:childCount > 1 }', '{ .a } !> { .b }'],
    ['{ .a && span:childCount > 1 } !> { .b }', null],
    ['({ span:childCount > 1 } || { .a }) !> { .b }', '{ .a } !> { .b }'],
    ['({ span:childCount > 1 } && { .a }) !> { .b }', null],
    // Denied twice is chosen again.
    ['({ span:childCount > 1 } !> { .a }) !>> { .b }', '{ } !> { .a } !>> { .b }'],
    ['{ .c } && ({ .a } &~ ({ .a } !<< { .b }))', '{ .c } && { .a } &~ ({ .a } !<< { .b })'],
    // Filters in a row are one, for both sides of what follows.
    ['{ .a } | { .b } !< { .c }', '{ .a && .b } !< { .a && .c }'],
    ['{ .a } !< { .c } | count() > 1', '{ .a } !< { .c }'],
    ['{ .a } | count() > 1 | { .b } !< { .c }', null],
    // What counting leaves is not known, what grouping leaves is.
    ['({ .a } | count() > 1) !< ({ .b })', null],
    ['({ .a } | by(.c)) !< ({ .b } | count() > 1)', '{ .a } !< { .b }'],
  ])('%s', (text, shape) => expect(shapeText(text)).toBe(shape));
});
