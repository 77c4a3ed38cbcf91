/** `why_empty`: why a search finds nothing, and what would find something. */
import { textQuestion } from '@clew/query';
import * as v from 'valibot';
import { explorePath } from '../links.ts';
import { from, maxTokens, rangeIn, to, tool, traceql } from '../tool.ts';
import { counted, printRange } from '../words.ts';

export const whyEmpty = tool({
  name: 'why_empty',
  title: 'Why a query finds nothing',
  description:
    'For a TraceQL query without results: which condition, alone or in a pair, empties it; attributes and values that are near to what it says; whether traces before or after the range match; and queries that do find something.',
  input: v.strictObject({ q: traceql('the query that finds nothing'), from, to, maxTokens }),
  async answer({ q, ...given }, context) {
    const range = rangeIn(given, context);
    const why = await context.query.whyEmpty(textQuestion(q, range), { signal: context.signal });
    const conditions = why.filters.flatMap(({ filter, spans, conditions: all, pairs }) => [
      `- ${filter}: ${counted(spans, 'span')}`,
      ...all.map(({ condition, spans: alone, near }) => {
        const alike = near.map((each) => each.condition).join(', ');
        const count = alone === null ? 'whole traces decide' : counted(alone, 'span');
        return `  - ${condition} alone: ${count}${alike === '' ? '' : `; near: ${alike}`}`;
      }),
      ...pairs.map((pair) => `  - ${pair.conditions.join(' && ')}: ${counted(pair.spans, 'span')}`),
    ]);
    return {
      query: why.traceql,
      path: explorePath(why.traceql, range),
      notes: [printRange(range, context.nowMs)],
      sections: [
        { title: 'Explanation', lines: why.text.split('\n') },
        { title: 'Conditions', lines: conditions },
      ].filter(({ lines }) => lines.length > 0),
    };
  },
});
