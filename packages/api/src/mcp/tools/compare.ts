/** `compare`: which attribute values tell the selected spans from the others. */
import { type InstantAnswer, textQuestion } from '@clew/query';
import * as v from 'valibot';
import { explorePath } from '../links.ts';
import { from, maxTokens, rangeIn, type ToolContext, to, tool, traceql } from '../tool.ts';
import { counted, percent, printRange, short } from '../words.ts';

export const compare = tool({
  name: 'compare',
  title: 'Compare two groups of spans',
  description:
    'Finds what is different about some spans: the attribute values that are frequent among the selected spans and rare among the rest. Without a selection, the slowest twentieth of the spans is compared with the others. Examples: q = { resource.service.name = "cart" && kind = server }, selection = { status = error }.',
  input: v.strictObject({
    q: v.optional(traceql('all the spans to look at: one { … }; default everything'), '{ }'),
    selection: v.optional(traceql('the spans in question among them: one { … }')),
    from,
    to,
    maxTokens,
  }),
  async answer({ q, selection, ...given }, context) {
    const range = rangeIn(given, context);
    const chosen = selection ?? (await slowestTwentieth(q, range, context));
    const question = textQuestion(`${q} | compare(${chosen}, 20)`, range);
    const answer = await context.query.seriesInstant(question, {}, { signal: context.signal });
    const found = differences(answer);
    const notes = [
      `selected are ${counted(found.selected, 'span')}, the rest are ${counted(found.rest, 'span')}, ${printRange(range, context.nowMs)}`,
    ];
    if (answer.sampling > 1)
      notes.push(`one span in ${answer.sampling} was read, counts are scaled`);
    if (found.selected === 0) notes.push('the selection matches nothing: why_empty tells why');
    return {
      query: answer.traceql,
      path: explorePath(selection ?? chosen, range),
      notes,
      sections: [
        {
          title: 'More frequent among the selected',
          lines: found.differences.filter(({ lift }) => lift > 0).map(lineOf),
        },
        {
          title: 'Less frequent among the selected',
          lines: [...found.differences]
            .reverse()
            .filter(({ lift }) => lift < 0)
            .map(lineOf),
        },
      ].filter(({ lines }) => lines.length > 0),
    };
  },
});

/** A `{ duration >= … }` that takes the slowest 5 %. */
async function slowestTwentieth(
  q: string,
  range: ReturnType<typeof rangeIn>,
  { query, signal }: ToolContext,
): Promise<string> {
  const question = textQuestion(`${q} | quantile_over_time(duration, .95)`, range);
  const { series } = await query.seriesInstant(question, {}, { signal });
  const seconds = series[0]?.value ?? 0;
  return `{ duration >= ${Math.max(1, Math.round(seconds * 1e6))}us }`;
}

type Difference = {
  readonly attribute: string;
  readonly value: string;
  readonly selected: number;
  readonly rest: number;
  readonly selectedAll: number;
  readonly restAll: number;
  /** Share among the selected less the share among the rest. */
  readonly lift: number;
};

/** Series of compare(): `__meta_type` says the side, the other label the attribute and value. */
function differences({ series }: InstantAnswer) {
  const counts = new Map<
    string,
    { attribute: string; value: string; sides: Map<string, number> }
  >();
  const totals = new Map<string, number>();
  for (const { labels, value } of series) {
    const side = String(labels.find(({ name }) => name === '__meta_type')?.value.value ?? '');
    const label = labels.find(({ name }) => name !== '__meta_type');
    if (label === undefined) continue;
    if (side.endsWith('_total')) {
      const name = side.slice(0, -'_total'.length);
      totals.set(name, Math.max(totals.get(name) ?? 0, value));
      continue;
    }
    const text = String(label.value.value);
    const key = JSON.stringify([label.name, text]);
    const entry = counts.get(key) ?? { attribute: label.name, value: text, sides: new Map() };
    entry.sides.set(side, value);
    counts.set(key, entry);
  }
  const selectedAll = totals.get('selection') ?? 0;
  const restAll = totals.get('baseline') ?? 0;
  const all = [...counts.values()].map(({ attribute, value, sides }): Difference => {
    const selected = sides.get('selection') ?? 0;
    const rest = sides.get('baseline') ?? 0;
    const lift = share(selected, selectedAll) - share(rest, restAll);
    return { attribute, value, selected, rest, selectedAll, restAll, lift };
  });
  const differing = all.filter(({ lift }) => Math.abs(lift) >= 0.02);
  return {
    selected: selectedAll,
    rest: restAll,
    differences: differing.sort((a, b) => b.lift - a.lift),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function lineOf({ attribute, value, selected, rest, selectedAll, restAll }: Difference): string {
  return `- ${attribute} = ${value}: ${percent(selected, selectedAll)} of the selected (${short(selected)}), ${percent(rest, restAll)} of the rest (${short(rest)})`;
}
