/** Searches: the newest-first order against a plain sort, pages, limits, and what happens when time runs out. */
import { type Engine, StatementAborted, StatementTimedOut } from '@clew/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NotedSpan, parseNotation } from '../../testkit/src/notation.ts';
import { traceIdOf, tracesOf } from '../../testkit/src/notation-otlp.ts';
import {
  createQuery,
  type Hits,
  parseAttributeCondition,
  type Query,
  simpleQuestion,
  textQuestion,
} from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

const range = { fromNs: baseNs - minuteNs, toNs: baseNs + 60n * minuteNs };

let store: TestEngine;
let query: Query;
let noted: NotedSpan[];

/** Numbers that look random and are the same every time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 150 traces over 30 minutes, some long enough to overlap a hundred others, many starting at equal times. */
function randomNotation(): string {
  const next = random(7);
  return Array.from({ length: 150 }, (_, at) => {
    const startS = Math.floor(next() * 60) * 30;
    const lengthS = next() < 0.2 ? 900 : 5;
    const children = Array.from({ length: Math.floor(next() * 5) }, () => {
      const childS = startS + Math.floor(next() * lengthS);
      return `        s${Math.floor(next() * 3)}  step  ${childS}s 1s  ${next() < 0.5 ? 'error' : 'ok'}`;
    });
    return [`t${at}  s0  root  ${startS}s ${lengthS}s`, ...children].join('\n');
  }).join('\n');
}

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  noted = parseNotation(randomNotation());
  await store.loadTraces('', tracesOf(noted, baseNs));
});
afterAll(() => store?.close());

async function allPages<Hit>(ask: (cursor: string | null) => Promise<Hits<Hit>>): Promise<Hit[]> {
  const hits: Hit[] = [];
  let cursor: string | null = null;
  do {
    const page: Hits<Hit> = await ask(cursor);
    expect(page.complete).toBe(true);
    hits.push(...page.hits);
    cursor = page.cursor;
  } while (cursor !== null);
  return hits;
}

/** Newest trace start first, ties by the greater id: what a search must say, worked out the slow way. */
function expectedTraces(matches: (span: NotedSpan) => boolean): string[] {
  const labels = [...new Set(noted.filter(matches).map((span) => span.label))];
  const startOf = (label: string) =>
    Number(noted.find((span) => span.label === label && span.number === 1)!.startNs);
  const ids = labels.map((label) => ({ id: traceIdOf(label), start: startOf(label) }));
  return ids.sort((a, b) => b.start - a.start || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
}

describe('the order of traces', () => {
  test.each([1, 7, 20, 1000])('is exact over pages of %i', { timeout: 120_000 }, async (limit) => {
    const few =
      limit === 1 ? '{ status = error && resource.service.name = "s2" }' : '{ status = error }';
    const question = textQuestion(few, range);
    const hits = await allPages((cursor) => query.searchTraces(question, { limit, cursor }));
    const matches = (span: NotedSpan) =>
      span.status.code === 2 && (limit !== 1 || span.service === 's2');
    expect(hits.map((hit) => hit.traceId)).toEqual(expectedTraces(matches));
    for (const hit of hits) {
      const own = noted.filter((span) => traceIdOf(span.label) === hit.traceId);
      expect(hit).toMatchObject({ spans: own.length, matched: own.filter(matches).length });
    }
  });
});

describe('the order of spans', () => {
  test.each([3, 100])('is exact over pages of %i', async (limit) => {
    const question = simpleQuestion({ service: 's1' }, range);
    const hits = await allPages((cursor) => query.searchSpans(question, { limit, cursor }));
    const wanted = noted
      .filter((span) => span.service === 's1')
      .map((span) => `${baseNs + span.startNs} ${traceIdOf(span.label)} ${span.number}`);
    const found = hits.map((hit) => `${hit.startNs} ${hit.traceId} ${Number(`0x${hit.spanId}`)}`);
    expect([...found].sort()).toEqual([...wanted].sort());
    const order = hits.map((hit) => `${hit.startNs} ${hit.traceId} ${hit.spanId}`);
    expect(order).toEqual([...order].sort().reverse());
  });
});

describe('a page', () => {
  const question = simpleQuestion({}, range);

  test('says what it was asked as TraceQL, and what it cost', async () => {
    const asked = simpleQuestion(
      { service: 's0', attributes: [parseAttributeCondition('resource.region=eu')] },
      range,
    );
    const hits = await query.searchTraces(asked, { limit: 5 });
    expect(hits).toMatchObject({
      hits: [],
      complete: true,
      cursor: null,
      traceql: '{ resource.service.name = "s0" && resource.region = "eu" }',
    });
    expect(hits.took.rowsRead).toBeGreaterThan(0);
  });

  test.each([0, -1, 1.5, 1001, Number.NaN])('of %d rows is refused', async (limit) => {
    const wrong = { code: 'bad-limit' };
    await expect(query.searchTraces(question, { limit })).rejects.toMatchObject(wrong);
    await expect(query.searchSpans(question, { limit })).rejects.toMatchObject(wrong);
  });

  test('takes no cursor of another question', async () => {
    const { cursor } = await query.searchSpans(question, { limit: 1 });
    const other = simpleQuestion({ service: 's0' }, range);
    const wrong = { code: 'bad-cursor' };
    await expect(query.searchSpans(other, { limit: 1, cursor })).rejects.toMatchObject(wrong);
    await expect(query.searchTraces(question, { limit: 1, cursor })).rejects.toMatchObject(wrong);
    for (const bent of ['', 'x', `${cursor}x`, cursor!.slice(1)]) {
      const page = { limit: 1, cursor: bent };
      if (bent !== '') await expect(query.searchSpans(question, page)).rejects.toMatchObject(wrong);
    }
  });

  test('of repeated spans shows each once', async () => {
    const notation = 't1  a  one  0ms 1ms\n      a  two  1ms 1ms';
    await store.load({ twice: notation });
    await store.load({ twice: notation });
    const asker = { tenant: 'twice' };
    const spans = await allPages((cursor) =>
      query.searchSpans(question, { limit: 1, cursor }, asker),
    );
    expect(spans.map((hit) => hit.name)).toEqual(['two', 'one']);
    const { hits } = await query.searchTraces(question, { limit: 5 }, asker);
    expect(hits).toMatchObject([{ spans: 2, matched: 2 }]);
  });
});

describe('limits', () => {
  /** An engine on which the statements after the first few run out of time. */
  function slowAfter(statements: number): Engine {
    let seen = 0;
    return {
      ...store.engine,
      rows: (statement, run) => {
        seen += 1;
        if (seen > statements) throw new StatementTimedOut('too slow');
        return store.engine.rows(statement, run);
      },
    };
  }

  test('of time end a search early; its cursor goes on from there', async () => {
    const question = simpleQuestion({ service: 's1' }, { ...range, toNs: baseNs + 31n * minuteNs });
    const whole = await query.searchSpans(question, { limit: 1000 });
    const looks = createQuery(store.engine);
    await looks.services();
    const hasty = createQuery(slowAfter(4));
    await hasty.services();
    const cut = await hasty.searchSpans(question, { limit: 1000 });
    expect(cut).toMatchObject({ complete: false });
    expect(cut.hits.length).toBeLessThan(whole.hits.length);
    const rest = await query.searchSpans(question, { limit: 1000, cursor: cut.cursor });
    expect([...cut.hits, ...rest.hits]).toEqual(whole.hits);
  });

  test('of time that leave nothing to show are an error', async () => {
    const question = simpleQuestion({}, range);
    const stuck = createQuery(slowAfter(0));
    await expect(stuck.searchTraces(question, { limit: 5 })).rejects.toThrow(StatementTimedOut);
  });

  test('are sent with every statement, and the seconds are those of the whole question', async () => {
    const sent: object[] = [];
    const watched: Engine = {
      ...store.engine,
      rows: (statement, run) => {
        sent.push(run);
        return store.engine.rows(statement, run);
      },
    };
    const sizes = { rowsMax: 5000, memoryBytesMax: 2 ** 28, threadsMax: 1 };
    const bound = createQuery(watched, { ...sizes, secondsMax: 7, traceSpansMax: 1000 });
    await bound.searchTraces(simpleQuestion({}, range), { limit: 2 });
    expect(sent.length).toBeGreaterThan(1);
    for (const run of sent) {
      expect(run).toMatchObject(sizes);
      expect(run).toHaveProperty('secondsMax', expect.any(Number));
      expect((run as { secondsMax: number }).secondsMax).toBeLessThanOrEqual(7);
    }
  });

  test('an asker who leaves is not answered', async () => {
    const question = simpleQuestion({}, range);
    const gone = AbortSignal.abort();
    await expect(query.searchTraces(question, { limit: 5 }, { signal: gone })).rejects.toThrow();
    const leaving = new AbortController();
    const asked = query.searchTraces(question, { limit: 5 }, { signal: leaving.signal });
    leaving.abort();
    await expect(asked).rejects.toThrow(StatementAborted);
  });
});
