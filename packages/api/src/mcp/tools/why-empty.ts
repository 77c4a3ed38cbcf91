/** `why_empty`: why a search finds nothing, and what comes close. */
import { textQuestion } from '@clew/query';
import * as v from 'valibot';
import { explorePath } from '../links.ts';
import type { Section } from '../report.ts';
import { from, maxTokens, rangeIn, type ToolContext, to, tool, traceql } from '../tool.ts';
import { counted, printRange } from '../words.ts';

export const whyEmpty = tool({
  name: 'why_empty',
  title: 'Why a query finds nothing',
  description:
    'For a TraceQL query without results: how many spans there are at all, in this range and in the whole of what is kept, whether attributes and services of the query exist, and names that are close to them.',
  input: v.strictObject({ q: traceql('the query that finds nothing'), from, to, maxTokens }),
  async answer({ q, ...given }, context) {
    const range = rangeIn(given, context);
    const question = textQuestion(q, range);
    const page = { limit: 1, cursor: null };
    const asker = { signal: context.signal };
    const found = await context.query.searchTraces(question, page, asker);
    const everything = rangeIn({}, context);
    const [wider, any] = await Promise.all([
      context.query.searchTraces(textQuestion(q, everything), page, asker),
      context.query.searchTraces(textQuestion('{ }', range), page, asker),
    ]);
    const notes = [printRange(range, context.nowMs)];
    if (found.hits.length > 0) notes.push('the query does find something in this range');
    else if (wider.hits.length > 0) {
      notes.push(
        `it finds something in the whole of what is kept (${printRange(everything, context.nowMs)}): widen the range`,
      );
    } else if (any.hits.length === 0) notes.push('there is no span at all in this range');
    else notes.push('there are spans in this range, and none of what is kept matches');
    return {
      query: found.traceql,
      path: explorePath(found.traceql, range),
      notes,
      sections: await nearMisses(q, context),
    };
  },
});

/** Names of attributes in the text, and what the catalogue has that is like them. */
async function nearMisses(q: string, { query, signal }: ToolContext): Promise<Section[]> {
  const text = q.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
  const keys = [
    ...text.matchAll(/(?:span|resource|event|link|instrumentation)?\.([\w.\-/]+)/g),
  ].map(([, key]) => key!);
  const values = [...q.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value!);
  const [attributes, services] = await Promise.all([
    query.attributes({}, { signal }),
    query.services(undefined, { signal }),
  ]);
  const lines = [...new Set(keys)].map((key) => {
    const same = attributes.filter((each) => each.key === key);
    if (same.length > 0) {
      const of = same.map(
        ({ scope, type, samples }) =>
          `${scope}, ${type}, such as ${samples.slice(0, 5).join(', ')}`,
      );
      return `- ${key} exists: ${of.join('; ')}`;
    }
    const near = attributes
      .filter((each) => isNear(each.key, key))
      .map((each) => `${each.scope}.${each.key}`);
    return `- ${key} does not exist${near.length === 0 ? '' : `; near are ${[...new Set(near)].slice(0, 8).join(', ')}`}`;
  });
  const names = services.map(({ name }) => name);
  const missing = values.filter((value) => names.every((name) => name !== value));
  const near = missing.flatMap((value) => names.filter((name) => isNear(name, value)));
  return [
    { title: 'Attributes of the query', lines },
    {
      title: 'Services',
      lines: [
        ...(near.length === 0
          ? []
          : [`near what the query says: ${[...new Set(near)].join(', ')}`]),
        `${counted(names.length, 'service')}: ${names.slice(0, 50).join(', ')}`,
      ],
    },
  ].filter((section) => section.lines.length > 0);
}

/** Equal but for case, separators, a part, or two letters. */
function isNear(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => text.toLowerCase().replaceAll(/[._\-\s/]/g, ''));
  if (x === '' || y === '' || x === undefined || y === undefined) return false;
  return x.includes(y) || y.includes(x) || distance(x, y) <= 2;
}

/** Insertions, deletions and changes of letters; texts of catalogues are short. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
