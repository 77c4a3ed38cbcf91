/**
 * What Jaeger's search form asks → conditions on one span.
 *
 * Jaeger knows kind, status and scope as tags only, so questions about these tags become questions about the fields.
 * Never knows: HTTP.
 */
import { type Condition, where } from '@clew/query';

/** One trace search, however its parameters were spelt. Times are epoch nanoseconds. */
export type JaegerSearch = {
  readonly service: string;
  readonly operation: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly fromNs: bigint;
  /** Exclusive. */
  readonly toNs: bigint;
  readonly minNs: bigint | undefined;
  readonly maxNs: bigint | undefined;
  readonly limit: number;
};

export function conditionsOf(search: JaegerSearch): Condition[] {
  const { service, operation, tags, minNs, maxNs } = search;
  return [
    ...(service === '' ? [] : [where.serviceIs(service)]),
    ...(operation === '' ? [] : [where.nameIs(operation)]),
    ...(minNs === undefined ? [] : [where.lastsAtLeast(minNs)]),
    ...(maxNs === undefined ? [] : [where.lastsAtMost(maxNs)]),
    ...[...tags].map(([key, value]) => tagCondition(key, value)),
  ];
}

const kinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;

function tagCondition(key: string, value: string): Condition {
  const asTag = where.anyOf([
    where.attributeIs('any', key, value),
    where.attributeIs('event', key, value),
  ]);
  switch (key) {
    case 'error':
      if (value === 'true') return where.anyOf([where.statusIs('error'), asTag]);
      return value === 'false' ? where.statusIsNot('error') : asTag;
    case 'span.kind': {
      const kind = kinds.find((each) => each === value.toLowerCase());
      return kind === undefined ? asTag : where.kindIs(kind);
    }
    case 'otel.status_code': {
      const status = statuses.find((each) => each === value.toLowerCase());
      return status === undefined ? asTag : where.statusIs(status);
    }
    case 'otel.status_description':
      return where.anyOf([where.statusMessageIs(value), asTag]);
    case 'otel.scope.name':
    case 'otel.library.name':
      return where.anyOf([where.scopeNameIs(value), asTag]);
    case 'event':
      return where.anyOf([where.eventNamed(value), asTag]);
    default:
      return asTag;
  }
}
