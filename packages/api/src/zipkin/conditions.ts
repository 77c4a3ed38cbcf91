/**
 * What Zipkin's search form asks → conditions on spans.
 *
 * Zipkin knows status, scope and events as tags and annotations only, so questions about these become questions about
 * the fields. Never knows: HTTP.
 */
import {
  type Condition,
  conditionsQuestion,
  peerKeys,
  peerKinds,
  type Question,
  togetherQuestion,
  where,
} from '@clew/query';
import type { ZipkinSearch } from './ask.ts';

/**
 * Every term may hold for another span, but each for a span of the service asked for.
 * @throws QuestionError `bad-range`
 */
export function questionOf(search: ZipkinSearch): Question {
  const { service, range } = search;
  const ofService = service === '' ? [] : [serviceIs(service)];
  const terms = termsOf(search);
  if (terms.length < 2) return conditionsQuestion([...ofService, ...terms], range);
  return togetherQuestion(
    terms.map((term) => where.allOf([...ofService, term])),
    range,
  );
}

function termsOf(search: ZipkinSearch): Condition[] {
  const { remoteService, spanName, annotations } = search;
  const lasts = durationOf(search);
  return [
    ...(remoteService === '' ? [] : [calls(remoteService)]),
    ...(spanName === '' ? [] : [where.nameIsAnyCase(spanName)]),
    ...(lasts.length === 0 ? [] : [where.allOf(lasts)]),
    ...[...annotations].map(([key, value]) => (value === '' ? word(key) : tag(key, value))),
  ];
}

function durationOf({ minNs, maxNs }: ZipkinSearch): Condition[] {
  return [
    ...(minNs === undefined ? [] : [where.lastsAtLeast(minNs)]),
    ...(maxNs === undefined ? [] : [where.lastsAtMost(maxNs)]),
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
