/**
 * A piece of SQL: a tree of text written in this package and typed parameters.
 *
 * Text enters only through the `sql` template, a value only through a typed constructor, so no outside value can become
 * text: a plain string does not fit where a Fragment is wanted. The class is nominal (it has a private field), so
 * nothing else does either.
 *
 * Never knows: plans, tables, the engine.
 */
import type { Statement } from '@clew/store';

type ScalarType = 'String' | 'Int64' | 'UInt64' | 'UInt32' | 'Float64' | 'Bool';
type ParameterType = ScalarType | 'Array(String)';

type Parameter = { readonly type: ParameterType; readonly value: unknown };
type Piece = string | Parameter | Fragment;

let make: (pieces: readonly Piece[]) => Fragment;
let piecesOf: (fragment: Fragment) => readonly Piece[];

/** Made only by the functions of this file. */
export class Fragment {
  readonly #pieces: readonly Piece[];

  private constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  static {
    make = (pieces) => new Fragment(pieces);
    piecesOf = (fragment) => fragment.#pieces;
  }
}

/**
 * SQL text with fragments in its holes. Text that starts on a line of its own loses the indentation of the source; lines
 * of a nested fragment are indented as the line it stands on.
 */
export function sql(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Fragment {
  const texts = strings.raw[0]!.startsWith('\n') ? dedent(strings) : strings;
  for (const hole of holes) {
    // The compiler refuses it already; this also stops what was cast past the compiler.
    if (!(hole instanceof Fragment)) throw new Error('only fragments fit into sql');
  }
  return make(texts.flatMap((text, at) => (at < holes.length ? [text, holes[at]!] : [text])));
}

export const string = (value: string) => make([{ type: 'String', value }]);
/** 64-bit integers travel as decimal strings: JavaScript numbers would round them. */
export const int64 = (value: bigint) => make([{ type: 'Int64', value: value.toString() }]);
export const uint64 = (value: bigint) => make([{ type: 'UInt64', value: value.toString() }]);
export const uint32 = (value: number) => make([{ type: 'UInt32', value }]);
export const float64 = (value: number) => make([{ type: 'Float64', value }]);
export const bool = (value: boolean) => make([{ type: 'Bool', value }]);
export const strings = (values: readonly string[]) =>
  make([{ type: 'Array(String)', value: values }]);

/** A name that code has chosen: lower-case, digits, underscores, and dots between members. */
export function identifier(name: string): Fragment {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/.test(name)) {
    throw new Error(`not an identifier: ${name}`);
  }
  return make([name]);
}

/**
 * A name that a user chose, between backticks. What could end or escape the quotes is refused here once more, whatever
 * has read the name.
 */
export function quotedName(name: string): Fragment {
  if (!/^[^`\\\p{C}]{1,128}$/u.test(name)) throw new Error(`not a name: ${JSON.stringify(name)}`);
  return make([`\`${name}\``]);
}

/** A number that a user wrote: digits, a point, an exponent; or hexadecimal. */
export function numeral(text: string): Fragment {
  if (!/^(?:0x[0-9a-f]+|\d*\.?\d+(?:e[+-]?\d+)?)$/.test(text))
    throw new Error(`not a number: ${text}`);
  return make([text]);
}

/** A function, type or keyword from a list in code; letters, digits, and what types are made of. */
export function listed(word: string): Fragment {
  if (!/^[A-Za-z_](?:[A-Za-z0-9_ ,()]|'UTC')*$/.test(word)) throw new Error(`not a word: ${word}`);
  return make([word]);
}

/** Fragments one after another with a separator between them. */
export function join(fragments: readonly Fragment[], separator: Fragment): Fragment {
  const between = piecesOf(separator);
  return make(fragments.flatMap((one, at) => (at === 0 ? [one] : [...between, one])));
}

/** All must hold; nothing to hold is true. */
export function and(conditions: readonly Fragment[]): Fragment {
  return conditions.length === 0 ? sql`true` : join(conditions, sql` and `);
}

/** One must hold, in parentheses when there are several. */
export function or(conditions: readonly Fragment[]): Fragment {
  return conditions.length === 1 ? conditions[0]! : sql`(${join(conditions, sql` or `)})`;
}

/** The statement a fragment stands for. A parameter used twice is sent once. */
export function print(fragment: Fragment): Statement {
  const names = new Map<Parameter, string>();
  const params: Record<string, unknown> = {};
  let text = '';
  const placeholder = (parameter: Parameter): string => {
    const name = names.get(parameter) ?? `p${names.size + 1}`;
    names.set(parameter, name);
    params[name] = parameter.value;
    return `{${name}:${parameter.type}}`;
  };
  // A nested fragment's lines are indented as the line on which the text around it has put it.
  const write = (fragment: Fragment, indent: string): void => {
    let here = indent;
    for (const piece of piecesOf(fragment)) {
      if (piece instanceof Fragment) {
        write(piece, here);
      } else if (typeof piece === 'string') {
        text += piece.replaceAll('\n', `\n${indent}`);
        const lastLine = /\n( *)[^\n]*$/.exec(piece);
        if (lastLine !== null) here = indent + lastLine[1]!;
      } else {
        text += placeholder(piece);
      }
    }
  };
  write(fragment, '');
  return { text, params };
}

function dedent(strings: readonly string[]): readonly string[] {
  // A hole stands for one character, so that a line which starts with one counts.
  const lines = strings.join('\0').split('\n').slice(1);
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/[^ ]/));
  const margin = new RegExp(`\\n {${Math.min(...indents)}}`, 'g');
  return strings.map((text, at) => {
    const plain = text.replace(margin, '\n');
    const head = at === 0 ? plain.slice(1) : plain;
    return at === strings.length - 1 ? head.trimEnd() : head;
  });
}
