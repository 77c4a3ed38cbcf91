import { expect, test } from 'vitest';
import { openApiDocument } from './index.ts';

type Operation = {
  summary?: string;
  parameters?: { name: string; in: string; schema: object }[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
};
type Document = {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};

const document = (await openApiDocument('1.2.3')) as Document;

test('every endpoint of the API is described', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info.version).toBe('1.2.3');
  expect(Object.keys(document.paths).sort()).toEqual([
    '/api/v1/attributes',
    '/api/v1/explain',
    '/api/v1/metrics/query',
    '/api/v1/metrics/query_range',
    '/api/v1/openapi.json',
    '/api/v1/pulse',
    '/api/v1/search',
    '/api/v1/services',
    '/api/v1/services/{service}/operations',
    '/api/v1/sql',
    '/api/v1/status',
    '/api/v1/traces/{id}',
    '/api/v1/traces/{id}/columns',
    '/api/v1/traces/{id}/spans/{spanId}',
    '/api/v1/traces/{id}/summary',
    '/api/v1/why-empty',
    '/live',
    '/metrics',
    '/ready',
  ]);
});

/** A question may be too long for a URL; then it is posted, which changes nothing. */
const operationOf = (item: Record<string, Operation>) => (item['get'] ?? item['post'])!;

const operations = Object.entries(document.paths).map(([path, item]) => [path, item] as const);

test.each(operations)('%s only reads, and says what it answers', (_, item) => {
  expect(Object.keys(item)).toHaveLength(1);
  const { summary, responses } = operationOf(item);
  expect(summary).toMatch(/\w/);
  expect(Object.keys(responses)).toContain('200');
  for (const { content } of Object.values(responses)) {
    for (const media of Object.values(content ?? {})) expect(media.schema).toBeTypeOf('object');
  }
  expect(JSON.stringify(responses['default'])).toContain('#/components/schemas/Error');
});

test.each(operations)('%s names the parts of its path', (path, item) => {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const named = (operationOf(item).parameters ?? []).filter((each) => each.in === 'path');
  expect(named.map((each) => each.name)).toEqual(inPath);
});

test('every reference has its schema, and nothing of the making is left', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!);
  expect(references.length).toBeGreaterThan(10);
  for (const to of references) {
    expect(to).toMatch(/^#\/components\/schemas\/\w+$/);
    expect(document.components.schemas).toHaveProperty(to.split('/').at(-1)!);
  }
  expect(text).not.toContain('x-schema');
  expect(text).not.toContain('$defs');
});

test('the parameters of the search are described one by one', () => {
  const parameters = document.paths['/api/v1/search']!['get']!.parameters!;
  expect(parameters.map(({ name }) => name)).toEqual([
    'by',
    'q',
    'service',
    'operation',
    'status',
    'kind',
    'minDuration',
    'maxDuration',
    'attr',
    'from',
    'to',
    'limit',
    'cursor',
  ]);
});
