/**
 * What the query bar offers at the cursor, and what taking one of them makes of the text.
 *
 * The language says what may stand there (traceql's `complete`); what only the catalogue knows is asked for by
 * `catalogueAsk` and handed in. Never knows: React, the server.
 */
import {
  type AttributeScope,
  type Completion,
  complete,
  type Field,
  printAttribute,
  printStatic,
} from '@clew/traceql';
import type { Attribute } from '../server/answers.ts';

export type Option = {
  /** Replaces the text from `from` to `to`. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly says: string;
  /** Stands on its own: white space belongs around it. */
  readonly isWhole: boolean;
};

/** What the catalogue is asked for at a place; undefined = nothing. */
export type CatalogueAsk =
  | { readonly of: 'attributes'; readonly prefix: string; readonly scope: string | undefined }
  | { readonly of: 'services' }
  | { readonly of: 'operations'; readonly service: string };

/** What it answered; values are texts, as the catalogue keeps them. */
export type CatalogueAnswer = {
  readonly attributes?: readonly Attribute[];
  readonly names?: readonly string[];
};

/** More are not read; typing another letter is faster. */
const optionsMax = 40;

export function catalogueAsk(text: string, cursor: number): CatalogueAsk | undefined {
  const { needs } = complete(text, cursor);
  if (needs === null) return undefined;
  if (needs.of === 'attributes') {
    return { of: 'attributes', prefix: needs.prefix, scope: catalogueScope(needs.scope) };
  }
  const { field } = needs;
  if (isServiceName(field)) return { of: 'services' };
  if (field.kind === 'attribute') {
    return { of: 'attributes', prefix: field.name, scope: catalogueScope(field.scope) };
  }
  const service = /service\.name\s*=\s*"([^"]+)"/.exec(text)?.[1];
  const isOperation = field.name === 'name' || field.name === 'rootName';
  return isOperation && service !== undefined ? { of: 'operations', service } : undefined;
}

/** In the order they are shown: words of the language, then what the catalogue has. */
export function optionsAt(text: string, cursor: number, known: CatalogueAnswer): Option[] {
  const at = complete(text, cursor);
  const words = at.suggestions.map(({ text: word, says, is }) =>
    option(at, word, says, is !== 'scope' && !/[(\s]$/.test(word)),
  );
  // What is typed in full already needs no list.
  const typed = text.slice(at.from, at.to);
  const all = [...words, ...fromCatalogue(text, at, known)].filter((one) => one.text !== typed);
  return all.slice(0, optionsMax);
}

/** The text with the option in it, and where the cursor goes. */
export function taken(text: string, { text: word, from, to, isWhole }: Option) {
  const before = text.slice(0, from);
  const after = text.slice(to);
  const gap = isWhole && /[^\s({!"`]$/.test(before) ? ' ' : '';
  if (word === '{ }') return { text: `${before}${gap}{  }${after}`, cursor: from + gap.length + 2 };
  const end = isWhole && !/^[\s),]/.test(after) ? ' ' : '';
  const cursor = from + gap.length + word.length + end.length;
  const isSpaced = isWhole && after.startsWith(' ');
  return { text: before + gap + word + end + after, cursor: isSpaced ? cursor + 1 : cursor };
}

function option({ from, to }: Completion, text: string, says: string, isWhole = true): Option {
  return { text, from, to, says, isWhole };
}

function fromCatalogue(source: string, at: Completion, known: CatalogueAnswer): Option[] {
  const { needs } = at;
  if (needs === null) return [];
  const { attributes = [] } = known;
  if (needs.of === 'attributes') {
    return attributes
      .filter(({ key }) => key.toLowerCase().startsWith(needs.prefix.toLowerCase()))
      .map(({ key: name, scope, type }) => {
        const field = { kind: 'attribute', scope: languageScope(scope), name } as const;
        return option(at, printAttribute({ ...field, ofParent: false }), type);
      });
  }
  const { field, prefix } = needs;
  const own = attributes.find(({ key }) => field.kind === 'attribute' && key === field.name);
  const isText = own === undefined || own.type === 'string' || own.type === 'other';
  if (needs.isQuoted && !isText) return [];
  const values = known.names ?? own?.samples ?? [];
  return ranked(values, prefix).map((value) => {
    const literal = isText ? printStatic({ kind: 'static', type: 'string', value }) : value;
    return needs.isQuoted ? inQuotes(source, at, literal) : option(at, literal, own?.type ?? '');
  });
}

/** The cursor stands behind an opening quote: the whole string is replaced, quotes and all. */
function inQuotes(source: string, at: Completion, literal: string): Option {
  const rest = /^[^"`\s}]*["`]/.exec(source.slice(at.to))?.[0] ?? '';
  return { ...option(at, literal, ''), from: at.from - 1, to: at.to + rest.length };
}

function ranked(values: readonly string[], prefix: string): string[] {
  const typed = prefix.toLowerCase();
  const has = (value: string) => value.toLowerCase().indexOf(typed);
  return values.filter((value) => has(value) >= 0).toSorted((a, b) => has(a) - has(b));
}

function isServiceName(field: Field): boolean {
  if (field.kind === 'intrinsic') return field.name === 'rootServiceName';
  return field.name === 'service.name' && (field.scope === 'resource' || field.scope === 'any');
}

function catalogueScope(scope: AttributeScope): string | undefined {
  if (scope === 'any') return undefined;
  return scope === 'instrumentation' ? 'scope' : scope;
}

function languageScope(scope: Attribute['scope']): AttributeScope {
  return scope === 'scope' ? 'instrumentation' : scope;
}
