/** TraceQL texts, most of them valid: every operator, every stage, fields that the generated spans have. */
import fc from 'fast-check';

const anyOf = fc.constantFrom;

function template(text: string, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((made) => made.reduce((all, part) => all.replace('_', part), text));
}

const text = anyOf(
  'name',
  'statusMessage',
  'span.s',
  'resource.s',
  '.s',
  '.n',
  'event:name',
  'event.s',
  'rootName',
  'rootServiceName',
  'resource.service.name',
  '.service.name',
  'instrumentation.s',
  'instrumentation:name',
  'instrumentation:version',
);
const number = anyOf(
  'span.n',
  '.n',
  'resource.n',
  '.m',
  'event.n',
  'duration',
  'traceDuration',
  'event:timeSinceStart',
  'instrumentation.n',
);
/** Not compared with events: which link belongs to which event is nobody's question. */
const linkText = anyOf('link.s', 'link:spanID');
/** Whole: the engine takes trace ids without their leading zeros too. */
const traceIds = anyOf(...[1, 2, 3].map((id) => `"${`${id}`.padStart(32, '0')}"`));
const linkNumber = anyOf('link.n', 'link.m');
const place = anyOf('span:childCount', 'nestedSetLeft', 'nestedSetRight', 'nestedSetParent');
const ofParts = anyOf('event.n', 'event:timeSinceStart', 'link.n', '-link.m', '(event.n * span.n)');
const flag = anyOf('span.b', '.b', 'resource.b', 'event.b', 'instrumentation.b');
const constant = anyOf('-1', '0', '1', '2', '3', '2.5', '0.5', '3s', '12s');
const words = anyOf('"a"', '"b"', '"ab"', '""', '"1"');
const comparison = anyOf('=', '!=', '<', '<=', '>', '>=');

const { sum } = fc.letrec<{ sum: string }>((tie) => ({
  sum: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(number, number, constant),
    template('(_ _ _)', tie('sum'), anyOf('+', '-', '*', '/'), tie('sum')),
    // Not of products: where the quotient has more digits than a float, the engine's remainder is of a rounded one.
    template('(_ % _)', fc.oneof(number, constant), fc.oneof(number, constant)),
    template('(_ ^ 2)', tie('sum')),
    template('(-_)', number),
  ),
}));

const plain = fc.oneof(
  template('_ _ _', text, comparison, words),
  template('_ _ _', number, comparison, constant),
  template('_ _ _', constant, comparison, number),
  template('_ _ _', text, anyOf('=~', '!~'), anyOf('"a.*"', '"(a|b)"', '"b?"', '".+"')),
  template('_ _ _', linkText, comparison, anyOf('"a"', '""', '"0000000000000003"')),
  template('_ _ _', linkText, anyOf('=~', '!~'), anyOf('"a.*"', '"0+3"')),
  template('link:traceID _ _', comparison, traceIds),
  template('_ _ _', linkNumber, comparison, constant),
  template('_ _ _', words, anyOf('=', '!='), text),
  template('kind _ _', anyOf('=', '!='), anyOf('server', 'client', 'internal')),
  template('status _ _', anyOf('=', '!='), anyOf('ok', 'error', 'unset')),
  template('_ _ _', flag, anyOf('=', '!='), anyOf('true', 'false')),
  template(
    '_ _ nil',
    anyOf('span.n', '.n', 'event.n', 'resource.b', '.s', 'link.n', 'instrumentation.s'),
    anyOf('=', '!='),
  ),
  flag,
);

const computed = fc.oneof(
  template('_ _ _', sum, comparison, sum),
  template('_ _ _', text, comparison, text),
  template('_ _ _', flag, anyOf('=', '!='), flag),
  template('(_) = _', plain, flag),
  template('_ _ nil', sum, anyOf('!=')),
);

const ofTree = fc.oneof(
  anyOf('nestedSetParent < 0', 'nestedSetParent != -1', 'nestedSetParent <= -1'),
  template('_ _ _', place, comparison, anyOf('-1', '0', '1', '2', '5')),
  template('_ + 1 _ span.n', place, comparison),
  template('_ _ _', place, comparison, place),
  template('_ _ _', ofParts, comparison, place),
  template('_ _ (_ + _)', place, comparison, ofParts, fc.oneof(place, number, linkNumber)),
);

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(plain, plain, computed, ofTree),
    template('(_ _ _)', tie('condition'), anyOf('&&', '||'), tie('condition')),
    template('!(_)', tie('condition')),
  ),
}));

const filter = fc.oneof(
  fc.constant('{ }'),
  template('{ _ }', plain),
  template('{ _ }', plain),
  template('{ _ }', condition),
);
const relation = anyOf(
  '&&',
  '||',
  '>',
  '>>',
  '<',
  '<<',
  '~',
  '!>',
  '!>>',
  '!<',
  '!<<',
  '!~',
  '&>',
  '&>>',
  '&<',
  '&<<',
  '&~',
);

const { spanset } = fc.letrec<{ spanset: string }>((tie) => ({
  spanset: fc.oneof(
    { depthSize: 'small' },
    filter,
    template('(_ _ _)', tie('spanset'), relation, tie('spanset')),
  ),
}));

/** Two or three sets of spans that most traces have, in every relation. */
const common = anyOf(
  '{ }',
  '{ name = "a" }',
  '{ name = "b" }',
  '{ kind = server }',
  '{ status = error }',
  '{ resource.service.name = "a" }',
  '{ duration > 12s }',
);
export const relatedText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: template('_ _ _', common, relation, common) },
  template('(_ _ _) _ _', common, relation, common, relation, common),
  template('_ _ (_ _ _)', common, relation, common, relation, common),
  template('_ | _ _ _', common, common, relation, common),
);

const argument = fc.oneof(number, number, place, sum);
const stage = fc.oneof(
  spanset,
  template('count() _ _', comparison, anyOf('1', '2', '3')),
  template('_(_) _ _', anyOf('min', 'max', 'avg', 'sum'), argument, comparison, constant),
  template('by(_)', fc.oneof(text, linkText, linkNumber, number, place, flag, sum, plain)),
  fc.constant('coalesce()'),
  template('select(_)', fc.oneof(text, number, place)),
);

const pipeline = fc
  .tuple(spanset, fc.array(stage, { maxLength: 3 }))
  .map((all) => all.flat().join(' | '));

export const queryText: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: filter },
  { weight: 3, arbitrary: spanset },
  { weight: 4, arbitrary: pipeline },
  { weight: 1, arbitrary: template('(_) _ (_)', pipeline, relation, pipeline) },
);
