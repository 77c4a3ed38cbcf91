/**
 * What the palette offers for a text: an id found in it or a query first, then commands, services, operations, recent questions.
 *
 * Pure: facts in, groups of rows out. Never knows: React, the server.
 */
import fuzzysort from 'fuzzysort';
import { findTrace } from '../address/ids.ts';
import { exploreLink, traceLink } from '../address/links.ts';
import type { Operation, Service } from '../server/answers.ts';
import { words } from '../words.ts';

export type Go = ReturnType<typeof exploreLink> | ReturnType<typeof traceLink>;

export type Command = {
  readonly id: string;
  readonly title: string;
  readonly detail?: string;
  readonly run: () => void;
};

export type PaletteRow = {
  readonly id: string;
  readonly title: string;
  readonly detail?: string;
  readonly isCode?: boolean;
  /** Colour slot of the service the row is about. */
  readonly look?: number;
  readonly action: { readonly go: Go } | { readonly run: () => void };
};

export type PaletteGroup = {
  readonly id: string;
  readonly title: string;
  readonly rows: PaletteRow[];
};

export type PaletteFacts = {
  readonly text: string;
  readonly services: readonly Service[];
  readonly operations:
    | { readonly service: Service; readonly list: readonly Operation[] }
    | undefined;
  readonly commands: readonly Command[];
  readonly recent: readonly { readonly title: string; readonly go: Go }[];
};

/** Rows per group: the list fits without scrolling in a 900 px window. */
const rowsMax = 7;

/** Groups in the order they are shown; empty groups are left out. */
export function paletteRows(facts: PaletteFacts): PaletteGroup[] {
  const text = facts.text.trim();
  const groups = text.startsWith('>')
    ? [commandGroup(facts.commands, text.slice(1).trim())]
    : [
        traceGroup(text),
        queryGroup(text),
        operationGroup(facts, text),
        serviceGroup(facts.services, text),
        recentGroup(facts.recent, text),
        commandGroup(facts.commands, text),
      ];
  return groups.filter((group) => group.rows.length > 0);
}

function traceGroup(text: string): PaletteGroup {
  const found = findTrace(text);
  const rows: PaletteRow[] = found
    ? [
        {
          id: `trace:${found.traceId}`,
          title: found.traceId,
          isCode: true,
          ...(found.spanId === undefined ? {} : { detail: words.palette.span(found.spanId) }),
          action: { go: traceLink(found.traceId, { span: found.spanId }) },
        },
      ]
    : [];
  return group(words.palette.groups.trace, rows);
}

/** A text that begins as TraceQL does is a question for Explore; whether it is right is seen there. */
function queryGroup(text: string): PaletteGroup {
  const row: PaletteRow = {
    id: 'query',
    title: text,
    isCode: true,
    action: { go: exploreLink({ q: text }) },
  };
  return group(words.palette.groups.query, text.startsWith('{') ? [row] : []);
}

function serviceGroup(services: readonly Service[], text: string): PaletteGroup {
  const hits = matching(services, text, ({ name }) => name);
  return group(
    words.palette.groups.services,
    hits.map((service) => ({
      id: `service:${service.name}`,
      title: service.name,
      look: service.look,
      action: { go: exploreLink({ service: service.name }) },
    })),
  );
}

/** `checkout POST /cart` → operations of checkout that fit the rest of the text. */
function operationGroup({ operations }: PaletteFacts, text: string): PaletteGroup {
  if (!operations) return group(words.palette.groups.operations, []);
  const { service, list } = operations;
  const names = [...new Set(list.map(({ name }) => name))];
  const hits = matching(names, text.slice(service.name.length).trim(), (name) => name);
  return group(
    words.palette.groups.operations,
    hits.map((name) => ({
      id: `operation:${service.name}:${name}`,
      title: name,
      detail: service.name,
      look: service.look,
      action: { go: exploreLink({ service: service.name, operation: name }) },
    })),
  );
}

function recentGroup(recent: PaletteFacts['recent'], text: string): PaletteGroup {
  const hits = matching(recent, text, ({ title }) => title).slice(0, 5);
  return group(
    words.palette.groups.recent,
    hits.map(({ title, go }) => ({ id: `recent:${title}`, title, isCode: true, action: { go } })),
  );
}

function commandGroup(commands: readonly Command[], text: string): PaletteGroup {
  return group(
    words.palette.groups.commands,
    matching(commands, text, ({ title }) => title).map(({ id, title, detail, run }) => ({
      id: `command:${id}`,
      title,
      ...(detail === undefined ? {} : { detail }),
      action: { run },
    })),
  );
}

/** Best fuzzy matches, or the first of the list when nothing was typed. */
function matching<T>(items: readonly T[], text: string, nameOf: (item: T) => string): T[] {
  if (text === '') return items.slice(0, rowsMax);
  return fuzzysort
    .go(text, items, { key: nameOf, limit: rowsMax, threshold: 0.35 })
    .map(({ obj }) => obj);
}

function group(title: string, rows: PaletteRow[]): PaletteGroup {
  return { id: title, title, rows };
}
