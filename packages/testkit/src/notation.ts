/**
 * Traces as people would draw them, one span a line ↔ OTLP as plain objects.
 *
 *     t1  frontend  GET /checkout      0ms 2100ms  server
 *           db      SELECT orders     40ms 1900ms  client  db.system=postgresql
 *
 * A label starts a trace; a deeper line is a child of the nearest shallower one above it. Columns stand two blanks or
 * more apart: label, service, name, then start (after the base time) and duration, then what else there is:
 *
 *     server client producer consumer internal · ok · error · error="out of stock"
 *     key=value                     an attribute; resource.key=… and scope.key=… go where they say
 *     @60ms:exception{type=Timeout} an event, and its attributes after commas
 *     ->t1.2                        a link to the second span of t1
 *     orphan                        its parent id is of a span that is not there
 *
 * Values: `5` is an int, `5.0` a double, `true` a bool, anything else and `"5"` a string, `[1,2]` an array.
 * The ids follow from labels and line numbers, so that results can be read: the trace id is the label's characters
 * (or the label itself, when it is 32 hex digits), the span id the number of the line within its trace.
 *
 * Never knows: the engine, or how OTLP is encoded.
 */
import type { AnyValue, KeyValue } from '@clew/wire';
import { readTime, readValue } from './notation-values.ts';

export type NotedSpan = {
  readonly label: string;
  /** From 1, in the order of the lines of its trace. */
  readonly number: number;
  /** 0 for a root. */
  readonly parent: number;
  readonly depth: number;
  readonly service: string;
  readonly name: string;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly kind: number;
  readonly status: { readonly code: number; readonly message: string };
  readonly attributes: readonly KeyValue[];
  readonly resource: readonly KeyValue[];
  readonly scope: readonly KeyValue[];
  readonly events: readonly { startNs: bigint; name: string; attributes: readonly KeyValue[] }[];
  readonly links: readonly { label: string; number: number }[];
};

// ── Text → spans ────────────────────────────────────────────────────────────────────────────────────────────────────

/** @throws Error that quotes the line it cannot read */
export function parseNotation(text: string): NotedSpan[] {
  const spans: NotedSpan[] = [];
  // The spans above the line, outermost first, each with the column its line starts at.
  let above: { column: number; number: number }[] = [];
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const column = line.search(/\S/);
    const isRoot = above.length === 0 || column <= above[0]!.column;
    above = isRoot ? [] : above.filter((span) => span.column < column);
    const [label, fields] = splitLabel(line, isRoot ? null : spans.at(-1)!.label);
    const number = spans.filter((span) => span.label === label).length + 1;
    const parent = above.at(-1)?.number ?? 0;
    spans.push({ label, number, parent, depth: above.length, ...readFields(fields, line) });
    above.push({ column, number });
  }
  return spans;
}

function splitLabel(line: string, inherited: string | null): [string, string[]] {
  const fields = line.trim().split(/ {2,}/);
  if (inherited !== null) return [inherited, fields];
  return [fields[0]!, fields.slice(1)];
}

type Fields = Omit<NotedSpan, 'label' | 'number' | 'parent' | 'depth'> & { parent?: number };

function readFields(fields: readonly string[], line: string): Fields {
  const at = fields.findIndex((field) => /^-?[\d.]+(ns|us|ms|s|m|h)( |$)/.test(field));
  const [service, name = service] = fields;
  if (at < 1 || at > 2 || service === undefined || name === undefined) {
    throw new Error(`cannot read the span: ${line.trim()}\nwanted: service  name  0ms 10ms  …`);
  }
  const words = splitWords(fields.slice(at).join(' '));
  const [startNs, durationNs] = [words[0], words[1]].map((word) => readTime(word, line));
  const noted: Noted = { kind: 0, status: { code: 0, message: '' }, ...emptyLists() };
  for (const word of words.slice(2)) readWord(word, noted, line);
  const { orphan, ...rest } = noted;
  return {
    service: at === 1 ? '' : service,
    name: at === 1 ? service : name,
    startNs: startNs!,
    durationNs: durationNs!,
    ...rest,
    ...(orphan ? { parent: orphanParent } : {}),
  };
}

/** The number of a span that is never there. */
export const orphanParent = 0xdead;

type Noted = {
  kind: number;
  status: NotedSpan['status'];
  attributes: KeyValue[];
  resource: KeyValue[];
  scope: KeyValue[];
  events: { startNs: bigint; name: string; attributes: readonly KeyValue[] }[];
  links: { label: string; number: number }[];
  orphan?: boolean;
};

function emptyLists() {
  return { attributes: [], resource: [], scope: [], events: [], links: [] };
}

/** Words stand apart by blanks; quotes and brackets hold theirs together. */
function splitWords(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]|\S)+/g) ?? [];
}

export const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
export const statuses = ['unset', 'ok', 'error'];

function readWord(word: string, noted: Noted, line: string): void {
  const [, head = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(word)!;
  if (word === 'orphan') noted.orphan = true;
  else if (kinds.includes(word)) noted.kind = kinds.indexOf(word);
  else if (statuses.includes(head)) {
    const said = value === undefined ? undefined : readValue(value);
    const message = said?.type === 'string' ? said.value : (value ?? '');
    noted.status = { code: statuses.indexOf(head), message };
  } else if (word.startsWith('@')) noted.events.push(readEvent(word, line));
  else if (word.startsWith('->')) noted.links.push(readLink(word, line));
  else if (value !== undefined) addAttribute(noted, head, readValue(value));
  else throw new Error(`cannot read "${word}" in: ${line.trim()}`);
}

function addAttribute(noted: Noted, written: string, value: AnyValue): void {
  const [, place, key] = /^(resource|scope)\.(.+)$/.exec(written) ?? [];
  if (place === undefined) noted.attributes.push({ key: written, value });
  else noted[place as 'resource' | 'scope'].push({ key: key!, value });
}

function readEvent(word: string, line: string): Noted['events'][number] {
  const [, time, name, inside = ''] = /^@([^:]+):([^{]+)(?:\{(.*)\})?$/s.exec(word) ?? [];
  if (name === undefined) throw new Error(`cannot read the event "${word}" in: ${line.trim()}`);
  const attributes = inside
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key, ...value] = pair.split('=');
      return { key: key!.trim(), value: readValue(value.join('=')) };
    });
  return { startNs: readTime(time, line), name, attributes };
}

function readLink(word: string, line: string): { label: string; number: number } {
  const [, label, number] = /^->(.+)\.(\d+)$/.exec(word) ?? [];
  if (label === undefined) throw new Error(`cannot read the link "${word}" in: ${line.trim()}`);
  return { label, number: Number(number) };
}
