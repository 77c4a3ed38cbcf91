/**
 * Attributes in the order a reader looks for them: grouped by the prefix of the semantic conventions, filtered by text.
 *
 * Never knows: markup.
 */
import type { Attribute, AttributeValue } from './load-trace.ts';

export interface AttributeGroup {
  readonly title: string;
  readonly attributes: readonly Attribute[];
}

/** Title and the first parts of keys that belong to it (https://opentelemetry.io/docs/specs/semconv/). */
const GROUPS: readonly (readonly [title: string, prefixes: readonly string[]])[] = [
  ['Error', ['exception', 'error']],
  ['HTTP', ['http', 'url', 'user_agent']],
  ['DB', ['db']],
  ['Messaging', ['messaging']],
  ['RPC', ['rpc']],
  ['Network', ['server', 'client', 'net', 'network', 'peer']],
  ['K8s', ['k8s', 'container', 'cloud', 'host']],
  ['Code', ['code', 'thread', 'process', 'telemetry', 'service']],
];

/** Groups in fixed order with keys sorted; groups without attributes are left out. */
export function groupAttributes(attributes: readonly Attribute[], filter = ''): AttributeGroup[] {
  const wanted = filter.trim().toLowerCase();
  const shown = attributes
    .filter(
      (attribute) =>
        wanted === '' ||
        attribute.key.toLowerCase().includes(wanted) ||
        valueText(attribute).toLowerCase().includes(wanted),
    )
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const titles = [...GROUPS.map(([title]) => title), 'Other'];
  return titles
    .map((title) => ({
      title,
      attributes: shown.filter((attribute) => titleOf(attribute.key) === title),
    }))
    .filter((group) => group.attributes.length > 0);
}

function titleOf(key: string): string {
  const prefix = key.split('.', 1)[0]!;
  return GROUPS.find(([, prefixes]) => prefixes.includes(prefix))?.[0] ?? 'Other';
}

/** A value as one text: what is copied and searched. Nested values read like JSON. */
export function valueText(attribute: AttributeValue): string {
  switch (attribute.type) {
    case 'array':
    case 'kvlist':
      return JSON.stringify(plainValue(attribute));
    case 'empty':
      return '';
    default:
      return String(attribute.value);
  }
}

/** A nested value without its types. Whole numbers beyond 2^53 stay text, so that no digit is lost. */
export function plainValue(attribute: AttributeValue): unknown {
  switch (attribute.type) {
    case 'array':
      return attribute.value.map(plainValue);
    case 'kvlist':
      return Object.fromEntries(attribute.value.map((item) => [item.key, plainValue(item)]));
    case 'int': {
      const number = Number(attribute.value);
      return Number.isSafeInteger(number) ? number : attribute.value;
    }
    default:
      return attribute.value;
  }
}
