/**
 * What Zipkin's search form asks → conditions on spans.
 *
 * Zipkin knows status, scope and events as tags and annotations only, so questions about these become questions about
 * the fields. Never knows: HTTP.
 */
import { type Condition, peerKeys, peerKinds, where } from '@clew/query';
import type { ZipkinSearch } from './ask.ts';

export function conditionsOf(search: ZipkinSearch): Condition[] {
  const { service, remoteService, spanName, annotations, minNs, maxNs } = search;
  return [
    ...(service === '' ? [] : [serviceIs(service)]),
    ...(remoteService === '' ? [] : [calls(remoteService)]),
    ...(spanName === '' ? [] : [where.nameIsAnyCase(spanName)]),
    ...(minNs === undefined ? [] : [where.lastsAtLeast(minNs)]),
    ...(maxNs === undefined ? [] : [where.lastsAtMost(maxNs)]),
    ...[...annotations].map(([key, value]) => (value === '' ? word(key) : tag(key, value))),
  ];
}

function serviceIs(name: string): Condition {
  return where.attributeIsAnyCase('resource', 'service.name', name);
}

function calls(name: string): Condition {
  return where.allOf([
    where.anyOf(peerKinds.map(where.kindIs)),
    where.anyOf(peerKeys.map((key) => where.attributeIsAnyCase('span', key, name))),
  ]);
}

/** An annotation of this text, or a tag of this name. */
function word(written: string): Condition {
  const either = [where.eventNamed(written), where.attributeExists('any', written)];
  return where.anyOf(written === 'error' ? [...either, where.statusIs('error')] : either);
}

function tag(key: string, value: string): Condition {
  const asTag = where.attributeIs('any', key, value);
  switch (key) {
    case 'error': {
      const failed = where.statusIs('error');
      const says = where.allOf([failed, where.statusMessageIs(value === 'true' ? '' : value)]);
      return where.anyOf([says, asTag]);
    }
    case 'otel.status_code':
      if (value === 'ERROR') return where.statusIs('error');
      return value === 'OK' ? where.statusIs('ok') : asTag;
    case 'otel.scope.name':
      return where.anyOf([where.scopeNameIs(value), asTag]);
    default:
      return asTag;
  }
}
