/**
 * The tracestate header: a list of vendors' members, valid as a whole or discarded as a whole.
 *
 * Text from outside is kept as it came and only taken apart when somebody asks for a member.
 * Never knows: the trace. Source: https://www.w3.org/TR/trace-context-2/#tracestate-header
 */

import type { TraceState } from '@opentelemetry/api';

export const MEMBERS_MAX = 32;
// Level 2: any of these characters in any order, but a letter or digit first.
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

class MemberList implements TraceState {
  readonly #members: readonly (readonly [string, string])[];

  constructor(members: readonly (readonly [string, string])[]) {
    this.#members = members;
  }

  get(key: string): string | undefined {
    return this.#members.find(([name]) => name === key)?.[1];
  }

  /** A set or changed member moves to the front; an invalid one changes nothing. */
  set(key: string, value: string): TraceState {
    if (!KEY.test(key) || !VALUE.test(value)) return this;
    const rest = this.#members.filter(([name]) => name !== key);
    return new MemberList([[key, value] as const, ...rest].slice(0, MEMBERS_MAX));
  }

  unset(key: string): TraceState {
    return new MemberList(this.#members.filter(([name]) => name !== key));
  }

  serialize(): string {
    return this.#members.map(([key, value]) => `${key}=${value}`).join(',');
  }
}

/** A trace state without members, to `set` one on. */
export const emptyTraceState: TraceState = new MemberList([]);

/** `undefined` when the text is empty or one member is invalid. A key given twice keeps its first. */
export function parseTraceState(text: string): TraceState | undefined {
  const members = new Map<string, string>();
  let count = 0;
  for (const part of text.split(',')) {
    const member = part.replace(/^[ \t]+|[ \t]+$/g, '');
    if (member === '') continue;
    const at = member.indexOf('=');
    const key = member.slice(0, at);
    const value = member.slice(at + 1);
    count += 1;
    if (at < 1 || count > MEMBERS_MAX || !KEY.test(key) || !VALUE.test(value)) return undefined;
    if (!members.has(key)) members.set(key, value);
  }
  return members.size === 0 ? undefined : new MemberList([...members]);
}
