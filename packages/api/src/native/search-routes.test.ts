/** Searches and explanations asked as TraceQL: what is refused, in which words, and what is passed on. */
import type { Page, Query, Question } from '@clew/query';
import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { partsWith } from '../../test/parts.ts';
import { buildServer } from '../server.ts';
import { errorAnswer, explainAnswer, whyEmptyAnswer } from './answers.ts';

const opened: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

async function get(url: string, query: Partial<Query> = {}) {
  const app = await buildServer(partsWith({ query: query as Query }));
  opened.push(app);
  return app.inject({ url, headers: { host: 'localhost' } });
}

async function refusal(url: string) {
  const answer = await get(url);
  const { error } = v.parse(errorAnswer, answer.json());
  return { status: answer.statusCode, ...error };
}

const encoded = encodeURIComponent;

describe.each(['search', 'explain'])('TraceQL in /%s', (path) => {
  test('that is wrong is refused with its place', async () => {
    const found = await refusal(`/api/v1/${path}?q=${encoded('{ name = "a"\n && duraton > 1s }')}`);
    expect(found).toMatchObject({ status: 400, code: 'bad-traceql', at: { line: 2, column: 5 } });
    expect(found.message).toMatch(/^line 2, column 5: .+\n {3}&& duraton > 1s }\n {6}\^+$/);
    expect(found.at).toMatchObject({ from: 17 });
    expect(found.hint).toMatch(/\w/);
  });

  test('that is right but not answered has a code of its own', async () => {
    const found = await refusal(`/api/v1/${path}?q=${encoded('{ parent.a = 1 }')}`);
    expect(found).toMatchObject({ status: 400, code: 'unsupported-traceql' });
    expect(found.at).toEqual({ line: 1, column: 3, from: 2, to: 10 });
  });

  test('with a wrong regular expression never reaches the engine', async () => {
    const found = await refusal(`/api/v1/${path}?q=${encoded('{ .a =~ "[" }')}`);
    expect(found).toMatchObject({ status: 400, code: 'bad-traceql' });
  });
});

test.each(['service=cart', 'attr=a=b', 'status=ok&minDuration=1s'])(
  'q and %s together are refused',
  async (beside) => {
    const names = beside.split('&').map((each) => each.split('=')[0]);
    const found = await refusal(`/api/v1/search?q=${encoded('{ }')}&${beside}`);
    expect(found).toMatchObject({ status: 400, code: 'bad-parameter' });
    expect(found.message).toBe(
      `q: found it together with ${names.join(', ')}, wanted TraceQL alone, with every condition inside`,
    );
  },
);

test('a wrong regular expression of attr is refused as a parameter', async () => {
  expect(await refusal(`/api/v1/search?attr=${encoded('key~[')}`)).toMatchObject({
    status: 400,
    code: 'bad-parameter',
    message: 'attr: found "key~[", wanted a regular expression in RE2 syntax after ~',
  });
});

test('an explanation has texts and counts, and no values', async () => {
  const asked: unknown[] = [];
  const explain = async (question: Question, by: 'trace' | 'span', page: Page) => {
    asked.push(question.query.kind, by, page.limit);
    return {
      traceql: '{ }',
      plan: 'page of 5',
      statement: { text: 'SELECT {p1:String}', params: { p1: 'secret' } },
      evaluation: null,
    };
  };
  const answer = await get(`/api/v1/explain?by=span&limit=5&q=${encoded('{}')}`, { explain });
  expect(v.parse(explainAnswer, answer.json())).toEqual({
    traceql: '{ }',
    plan: 'page of 5',
    statement: { sql: 'SELECT {p1:String}', parameters: 1 },
    evaluation: null,
  });
  expect(asked).toEqual(['query', 'span', 5]);
  expect(answer.body).not.toContain('secret');
});

test('why a question finds nothing', async () => {
  const why = {
    traceql: '{ span.a = 1 }',
    text: '- span.a = 1 holds for none.',
    counted: { spans: 3, fromNs: '1', toNs: '2', whole: true },
    filters: [
      {
        filter: '{ span.a = 1 }',
        spans: 0,
        conditions: [
          {
            condition: 'span.a = 1',
            spans: 0,
            near: [{ kind: 'type' as const, condition: 'span.a = "1"' }],
          },
        ],
        pairs: [{ conditions: ['span.a = 1', 'name = "x"'] as const, spans: 0 }],
      },
    ],
    instead: [{ traceql: '{ span.a = "1" }', because: 'another type' }],
    earlierNs: null,
    laterNs: '3',
    took: { ms: 1, rowsRead: 3 },
  };
  const answer = await get(`/api/v1/why-empty?q=${encoded('{ span.a = 1 }')}`, {
    whyEmpty: async () => why,
  });
  expect(v.parse(whyEmptyAnswer, answer.json())).toEqual(why);
});

test('why without a question is refused', async () => {
  expect(await refusal('/api/v1/why-empty')).toMatchObject({ status: 400, code: 'bad-parameter' });
});
