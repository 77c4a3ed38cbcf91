/**
 * Noted spans → text, columns aligned, so that spans that came back can be read and compared.
 *
 * Never knows: OTLP.
 */
import { kinds, type NotedSpan, orphanParent, statuses } from './notation.ts';
import { printPair, printTime } from './notation-values.ts';

/** The notation of spans, columns aligned; `parseNotation` reads it back. */
export function printNotation(spans: readonly NotedSpan[]): string {
  const rows = spans.map((span) => {
    const indent = '  '.repeat(span.depth);
    const label = span.depth === 0 ? span.label : ' '.repeat(span.label.length);
    return [`${label}  ${indent}${span.service}`, span.name, printSpan(span)];
  });
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      ([head, name, rest]) => `${head!.padEnd(widths[0]!)}  ${name!.padEnd(widths[1]!)}  ${rest}`,
    )
    .join('\n');
}

function printSpan(span: NotedSpan): string {
  const { code, message } = span.status;
  const words = [
    ...(span.kind === 0 ? [] : [kinds[span.kind]!]),
    ...(code === 0 ? [] : [statuses[code]! + (message ? `=${JSON.stringify(message)}` : '')]),
    ...(span.parent === orphanParent ? ['orphan'] : []),
    ...span.attributes.map((pair) => printPair(pair)),
    ...span.resource.map((pair) => `resource.${printPair(pair)}`),
    ...span.scope.map((pair) => `scope.${printPair(pair)}`),
    ...span.events.map(printEvent),
    ...span.links.map((link) => `->${link.label}.${link.number}`),
  ];
  return [`${printTime(span.startNs)} ${printTime(span.durationNs)}`, words.join(' ')]
    .filter(Boolean)
    .join('  ');
}

function printEvent({ startNs, name, attributes }: NotedSpan['events'][number]): string {
  const inside = attributes.length === 0 ? '' : `{${attributes.map(printPair).join(',')}}`;
  return `@${printTime(startNs)}:${name}${inside}`;
}
