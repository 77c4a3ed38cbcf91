/** `services_and_dependencies`: what runs, how it does, and who calls whom. */
import * as v from 'valibot';
import { explorePath } from '../links.ts';
import { from, maxTokens, rangeIn, to, tool } from '../tool.ts';
import { keyOf, usualOf } from '../usual.ts';
import { counted, percent, printDuration, printRange, short } from '../words.ts';

export const servicesAndDependencies = tool({
  name: 'services_and_dependencies',
  title: 'Services and dependencies',
  description:
    'All services with rate, errors and durations, and the calls between them. With service, its operations too, and only the calls from and to it. A good first question.',
  input: v.strictObject({
    service: v.optional(
      v.pipe(v.string(), v.maxLength(1024), v.description('name of one service')),
    ),
    from,
    to,
    maxTokens,
  }),
  async answer({ service, ...given }, context) {
    const range = rangeIn(given, context);
    const { query, signal } = context;
    const all = await query.services(range, { signal });
    const names = service === undefined ? all.map(({ name }) => name) : [service];
    const usual = await usualOf(context, names, range, service !== undefined);
    const { links, sampling } = await query.dependencies(range, { signal });
    const calls = links.filter(
      ({ parent, child }) => service === undefined || parent === service || child === service,
    );
    const nowNs = BigInt(Math.ceil(context.nowMs)) * 1_000_000n;
    const endNs = range.toNs > nowNs && range.fromNs < nowNs ? nowNs : range.toNs;
    const minutes = Number(endNs - range.fromNs) / 60e9;
    const notes = [printRange(range, context.nowMs)];
    if (sampling > 1) notes.push(`calls are counted from one trace in ${sampling}, scaled`);
    if (service !== undefined && !names.some((name) => all.some((each) => each.name === name))) {
      notes.push('there is no such service in this range');
    }
    const selector =
      service === undefined ? '{ }' : `{ resource.service.name = ${JSON.stringify(service)} }`;
    return {
      query:
        service === undefined ? 'services and dependencies' : `service ${JSON.stringify(service)}`,
      path: explorePath(selector, range),
      notes,
      sections: [
        {
          title: service === undefined ? 'Services' : 'Operations',
          lines: [...usual.values()]
            .sort((a, b) => b.spans - a.spans)
            .map((own) => {
              const name = own.name === '' ? own.service : `${own.service}: ${own.name}`;
              return `- ${name}: ${counted(own.spans, 'span')} (${short(own.spans / minutes)}/min), ${percent(own.errors, own.spans)} errors, p50 ${printDuration(own.p50Ns)}, p95 ${printDuration(own.p95Ns)}`;
            }),
        },
        {
          title: 'Calls',
          lines: calls.map(
            ({ parent, child, calls: count, errors }) =>
              `- ${parent} -> ${child}: ${counted(count, 'call')}, ${percent(errors, count)} errors`,
          ),
        },
        {
          title: 'Services without spans counted per minute',
          lines: all
            .filter(({ name }) => service === undefined && !usual.has(keyOf(name, '')))
            .map(({ name, spans }) => `- ${name}: ${counted(spans, 'span')}`),
        },
      ].filter(({ lines }) => lines.length > 0),
    };
  },
});
