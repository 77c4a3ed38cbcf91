/** `what_changed`: operations that are new, gone, slower or failing more in one window of time than in another. */
import type { TimeRange } from '@clew/query';
import * as v from 'valibot';
import { explorePath } from '../links.ts';
import { from, maxTokens, rangeIn, type ToolContext, to, tool } from '../tool.ts';
import { type Usual, usualOf } from '../usual.ts';
import { counted, percent, printDuration, printRange, short } from '../words.ts';

/** Fewer spans than this on either side say nothing about a share or a quantile. */
const spansMin = 5;
/** Buckets of durations are 9 % wide, so less than a fifth is noise. */
const slowerMin = 1.2;
const errorsMoreMin = 0.02;
const ratesMin = 2;

const point = v.optional(v.pipe(v.string(), v.maxLength(64)));

export const whatChanged = tool({
  name: 'what_changed',
  title: 'What changed',
  description:
    'Compares two windows of time by operation: new and vanished operations, error rates, latencies, traffic. The window from…to is compared with beforeFrom…beforeTo, by default the equally long time just before. Windows are whole minutes.',
  input: v.strictObject({
    from,
    to,
    beforeFrom: point,
    beforeTo: point,
    service: v.optional(v.pipe(v.string(), v.maxLength(1024))),
    maxTokens,
  }),
  async answer({ beforeFrom, beforeTo, service, ...given }, context) {
    const after = nowAtMost(rangeIn(given, context), context);
    const before = beforeOf(after, beforeFrom, beforeTo, context);
    const { query, signal } = context;
    const wide = {
      fromNs: after.fromNs < before.fromNs ? after.fromNs : before.fromNs,
      toNs: after.toNs > before.toNs ? after.toNs : before.toNs,
    };
    const seen =
      service === undefined ? await query.services(wide, { signal }) : [{ name: service }];
    const names = seen.map(({ name }) => name);
    const now = await usualOf(context, names, after);
    const then = await usualOf(context, names, before);
    const notes = [
      `now is ${printRange(after, context.nowMs)}`,
      `before is ${printRange(before, context.nowMs)}`,
      `${counted(now.size, 'operation')} now, ${then.size} before`,
    ];
    if (then.size === 0)
      notes.push(
        'there is nothing in the window before: choose another by beforeFrom and beforeTo',
      );
    const scale = Number(after.toNs - after.fromNs) / Number(before.toNs - before.fromNs);
    const sections = changes(now, then, scale);
    if (sections.length === 0) notes.push('no operation changed by more than noise');
    return {
      query: `what changed${service === undefined ? '' : ` in ${JSON.stringify(service)}`}`,
      path: explorePath('{ }', after),
      notes,
      sections,
    };
  },
});

/** The clock of senders may be ahead; a window that reaches beyond now would make rates too small. */
function nowAtMost({ fromNs, toNs }: TimeRange, { nowMs }: ToolContext): TimeRange {
  const nowNs = BigInt(Math.ceil(nowMs)) * 1_000_000n;
  return { fromNs, toNs: toNs > nowNs && fromNs < nowNs ? nowNs : toNs };
}

function beforeOf(
  after: TimeRange,
  start: string | undefined,
  end: string | undefined,
  context: ToolContext,
): TimeRange {
  if (start !== undefined || end !== undefined) return rangeIn({ from: start, to: end }, context);
  const length = after.toNs - after.fromNs;
  return { fromNs: after.fromNs - length, toNs: after.fromNs };
}

type Both = { readonly now: Usual; readonly before: Usual };

function changes(now: ReadonlyMap<string, Usual>, then: ReadonlyMap<string, Usual>, scale: number) {
  const both = [...now].flatMap(([key, own]): Both[] => {
    const old = then.get(key);
    return old === undefined ? [] : [{ now: own, before: old }];
  });
  const enough = both.filter((pair) => pair.now.spans >= spansMin && pair.before.spans >= spansMin);
  const by = <Each>(list: readonly Each[], size: (each: Each) => number) =>
    [...list].sort((a, b) => size(b) - size(a));
  const failing = enough.filter(
    (pair) => errorsOf(pair.now) - errorsOf(pair.before) >= errorsMoreMin,
  );
  const slower = enough.filter(({ now: own, before: old }) => own.p95Ns >= old.p95Ns * slowerMin);
  const faster = enough.filter(({ now: own, before: old }) => old.p95Ns >= own.p95Ns * slowerMin);
  const busier = both.filter(
    (pair) => Math.abs(Math.log2(rateOf(pair, scale))) >= Math.log2(ratesMin),
  );
  const fresh = [...now].filter(([key]) => !then.has(key)).map(([, own]) => own);
  const gone = [...then].filter(([key]) => !now.has(key)).map(([, own]) => own);
  return [
    {
      title: 'More errors',
      lines: by(failing, (pair) => errorsOf(pair.now) - errorsOf(pair.before)).map(errorText),
    },
    {
      title: 'Slower',
      lines: by(slower, (pair) => pair.now.p95Ns / pair.before.p95Ns).map(latencyText),
    },
    { title: 'New operations', lines: by(fresh, ({ spans }) => spans).map(operationText) },
    { title: 'Operations that are gone', lines: by(gone, ({ spans }) => spans).map(operationText) },
    {
      title: 'Traffic',
      lines: by(busier, ({ now: { spans } }) => spans).map((pair) => trafficText(pair, scale)),
    },
    {
      title: 'Faster',
      lines: by(faster, (pair) => pair.before.p95Ns / pair.now.p95Ns).map(latencyText),
    },
  ].filter(({ lines }) => lines.length > 0);
}

const errorsOf = ({ errors, spans }: Usual) => (spans === 0 ? 0 : errors / spans);
/** How many times as busy, the lengths of the windows allowed for. */
const rateOf = ({ now, before }: Both, scale: number) => now.spans / (before.spans * scale);

function errorText({ now, before }: Both): string {
  return `- ${now.service}: ${now.name}: ${percent(now.errors, now.spans)} errors (${now.errors} of ${now.spans}), before ${percent(before.errors, before.spans)}`;
}

function latencyText({ now, before }: Both): string {
  return `- ${now.service}: ${now.name}: p95 ${printDuration(now.p95Ns)}, before ${printDuration(before.p95Ns)} (× ${short(now.p95Ns / before.p95Ns)}); p50 ${printDuration(now.p50Ns)}, before ${printDuration(before.p50Ns)}; ${counted(now.spans, 'span')}`;
}

function operationText({ service, name, spans, errors, p50Ns, p95Ns }: Usual): string {
  return `- ${service}: ${name}: ${counted(spans, 'span')}, ${percent(errors, spans)} errors, p50 ${printDuration(p50Ns)}, p95 ${printDuration(p95Ns)}`;
}

function trafficText(pair: Both, scale: number): string {
  return `- ${pair.now.service}: ${pair.now.name}: × ${short(rateOf(pair, scale))} as many spans (${pair.now.spans}, before ${pair.before.spans})`;
}
