import { check, parse, printQuery } from '@clew/traceql';
import { describe, expect, test } from 'vitest';
import { type Condition, conditionsQuestion, where } from './conditions.ts';
import { togetherQuestion } from './question.ts';

const range = { fromNs: 1n, toNs: 2n };
const traceqlOf = (...conditions: Condition[]) =>
  printQuery(conditionsQuestion(conditions, range).query);

describe('conditions read as TraceQL', () => {
  test.each([
    [[], '{ }'],
    [[where.serviceIs('a"b')], '{ resource.service.name = "a\\"b" }'],
    [[where.nameIs('GET /'), where.kindIs('server')], '{ name = "GET /" && kind = server }'],
    [[where.attributeIs('any', 'n', '200')], '{ .n = "200" || .n = 200 }'],
    [[where.attributeIs('event', 'b', 'true')], '{ event.b = "true" || event.b = true }'],
    [[where.attributeExists('span', 'k')], '{ span.k != nil }'],
    [[where.eventNamed('e')], '{ event:name = "e" }'],
    [[where.statusIs('error'), where.statusIsNot('ok')], '{ status = error && status != ok }'],
    [
      [where.lastsAtLeast(1_000_000n), where.lastsAtMost(2_000_000_000n)],
      '{ duration >= 1ms && duration <= 2s }',
    ],
    [[where.nameIsAnyCase('a.b*')], '{ name =~ "(?i)a\\\\.b\\\\*" }'],
    // `&&` and `||` bind alike in TraceQL, from the left.
    [
      [where.anyOf([where.scopeNameIs('s'), where.statusMessageIs('m')]), where.nameIs('n')],
      '{ instrumentation:name = "s" || statusMessage = "m" && name = "n" }',
    ],
    [
      [where.nameIs('n'), where.anyOf([where.scopeNameIs('s'), where.statusMessageIs('m')])],
      '{ name = "n" && (instrumentation:name = "s" || statusMessage = "m") }',
    ],
  ])('%#', (conditions, traceql) => {
    const printed = traceqlOf(...conditions);
    expect(printed).toBe(traceql);
    // What people see can be asked again, and means the same.
    expect(printQuery(check(parse(printed), printed))).toBe(printed);
  });
});

test('of different spans are spansets that a trace must all have', () => {
  const conditions = [where.nameIs('a'), where.kindIs('client'), where.statusIs('error')];
  const printed = printQuery(togetherQuestion(conditions, range).query);
  expect(printed).toBe('{ name = "a" } && { kind = client } && { status = error }');
  expect(printQuery(check(parse(printed), printed))).toBe(printed);
});
