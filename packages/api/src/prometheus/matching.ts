/**
 * Matchers of labels: which metrics they mean, and what of them can be asked of the counts themselves.
 *
 * Never knows: how spans are counted.
 */
import type { Connection, NameTest } from '@clew/query';
import { type Family, families, labelsOf } from './families.ts';
import { anchored } from './promql/pattern.ts';
import type { Matcher } from './promql/tree.ts';

/** A missing label is ''. */
export function matches({ operator, value }: Matcher, label: string): boolean {
  switch (operator) {
    case '=':
      return label === value;
    case '!=':
      return label !== value;
    case '=~':
      return anchored(value).test(label);
    case '!~':
      return !anchored(value).test(label);
  }
}

/** Metrics whose name passes, and that have no label which they would have to have. */
export function familiesOf(matchers: readonly Matcher[]): readonly Family[] {
  return families.filter((family) => {
    const known = labelsOf(family);
    return matchers.every((matcher) => {
      if (matcher.label === '__name__') return matches(matcher, family.name);
      return known.includes(matcher.label) || matches(matcher, '');
    });
  });
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;
const connections: readonly Connection[] = ['', 'messaging_system', 'database', 'virtual_node'];

export const kindLabel = (kind: string) => (kind === '' ? '' : `SPAN_KIND_${kind.toUpperCase()}`);
export const statusLabel = (status: string) =>
  status === '' ? '' : `STATUS_CODE_${status.toUpperCase()}`;

/** Labels that have few values: those that pass; undefined when all do. */
function passing<Value extends string>(
  all: readonly Value[],
  matchers: readonly Matcher[],
  label: string,
  shown: (value: Value) => string,
): readonly Value[] | undefined {
  const own = matchers.filter((matcher) => matcher.label === label);
  if (own.length === 0) return undefined;
  return all.filter((value) => own.every((matcher) => matches(matcher, shown(value))));
}

function testsOf(matchers: readonly Matcher[], label: string): readonly NameTest[] {
  return matchers
    .filter((matcher) => matcher.label === label)
    .map(({ operator, value }) => ({ operator, value }));
}

export function spanTests(matchers: readonly Matcher[]) {
  const ofKind = passing(kinds, matchers, 'span_kind', kindLabel);
  const ofStatus = passing(statuses, matchers, 'status_code', statusLabel);
  return {
    service: testsOf(matchers, 'service'),
    name: testsOf(matchers, 'span_name'),
    ...(ofKind === undefined ? {} : { kinds: ofKind }),
    ...(ofStatus === undefined ? {} : { statuses: ofStatus }),
  };
}

export function edgeTests(matchers: readonly Matcher[]) {
  const ofConnection = passing(connections, matchers, 'connection_type', (value) => value);
  return {
    client: testsOf(matchers, 'client'),
    server: testsOf(matchers, 'server'),
    ...(ofConnection === undefined ? {} : { connections: ofConnection }),
  };
}

export function isBoundAsked(matchers: readonly Matcher[], le: string): boolean {
  return matchers.every((matcher) => matcher.label !== 'le' || matches(matcher, le));
}
