/** Completion in the query bar: what is offered where, and what the text becomes. `‸` is the cursor. */
import { expect, test } from 'vitest';
import { type CatalogueAnswer, catalogueAsk, optionsAt, taken } from './options.ts';

const attributes = [
  { scope: 'span', key: 'db.system', type: 'string', uses: 9, samples: ['postgresql', 'redis'] },
  { scope: 'span', key: 'http.status', type: 'int', uses: 9, samples: ['200', '503'] },
  { scope: 'scope', key: 'odd name', type: 'string', uses: 1, samples: ['say "hi"'] },
] as const;
const catalogue: CatalogueAnswer = {
  attributes: attributes.map((one) => ({ ...one, samples: [...one.samples] })),
};

const place = (marked: string) => [marked.replace('‸', ''), marked.indexOf('‸')] as const;

function take(marked: string, wanted: string, known = catalogue): string | undefined {
  const [text, cursor] = place(marked);
  const found = optionsAt(text, cursor, known).find((one) => one.text === wanted);
  if (found === undefined) return undefined;
  const next = taken(text, found);
  return `${next.text.slice(0, next.cursor)}‸${next.text.slice(next.cursor)}`;
}

test.each([
  ['‸', '{ }', '{ ‸ }'],
  ['{ sta‸', 'status', '{ status ‸'],
  ['{ sta‸ }', 'status', '{ status ‸}'],
  ['{ status‸', '=', undefined],
  ['{ status ‸', '=', '{ status = ‸'],
  ['{ status = er‸', 'error', '{ status = error ‸'],
  ['{ spa‸', 'span.', '{ span.‸'],
  ['{ span.db.‸', 'span.db.system', '{ span.db.system ‸'],
  ['{ db‸', 'span.db.system', '{ span.db.system ‸'],
  ['{ .db‸', 'span.db.system', '{ span.db.system ‸'],
  ['{ instrumentation.‸', 'instrumentation."odd name"', '{ instrumentation."odd name" ‸'],
  ['{ span.db.system = ‸', '"postgresql"', '{ span.db.system = "postgresql" ‸'],
  ['{ span.db.system = "post‸', '"postgresql"', '{ span.db.system = "postgresql" ‸'],
  ['{ span.db.system = "po‸st" }', '"postgresql"', '{ span.db.system = "postgresql" ‸}'],
  ['{ span.db.system = post‸', '"postgresql"', '{ span.db.system = "postgresql" ‸'],
  ['{ span.http.status = ‸ }', '503', '{ span.http.status = 503 ‸}'],
  ['{ span.http.status = "‸', '503', undefined],
  ['{ } ‸', '>>', '{ } >> ‸'],
  ['{ } | ra‸', 'rate(', '{ } | rate(‸'],
])('%s takes %s', (marked, wanted, after) => {
  expect(take(marked, wanted)).toBe(after);
});

test.each([
  ['{ span.http‸', { of: 'attributes', prefix: 'http', scope: 'span' }],
  ['{ htt‸', { of: 'attributes', prefix: 'htt', scope: undefined }],
  ['{ resource.service.name = "‸', { of: 'services' }],
  ['{ rootServiceName = ‸', { of: 'services' }],
  ['{ resource.service.name = "cart" && name = "‸', { of: 'operations', service: 'cart' }],
  ['{ name = "‸', undefined],
  ['{ status ‸', undefined],
])('%s asks the catalogue', (marked, wanted) => {
  expect(catalogueAsk(...place(marked))).toEqual(wanted);
});

test('names of services are values', () => {
  const wanted = '{ resource.service.name = "cart" ‸';
  expect(take('{ resource.service.name = "ca‸', '"cart"', { names: ['cart'] })).toBe(wanted);
});
