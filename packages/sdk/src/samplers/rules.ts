/**
 * The first rule that fits a span decides: by name, kind, route or any attribute that is given at
 * its start. Never knows: attributes that come later.
 */

import type { SpanKind } from '@opentelemetry/api';
import type { Sampler } from '../sampler.ts';
import { alwaysOn } from './always.ts';

type Match = string | number | boolean | RegExp;

export interface SamplingRule {
  readonly name?: string | RegExp;
  readonly kind?: SpanKind;
  /** The attribute `http.route`, or the path where that is not known yet. */
  readonly route?: string | RegExp;
  readonly attributes?: Readonly<Record<string, Match>>;
  readonly sampler: Sampler;
}

const ROUTE_KEYS = ['http.route', 'url.path', 'http.target'];

export function ruleBased(rules: readonly SamplingRule[], otherwise: Sampler = alwaysOn): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const fits = (rule: SamplingRule) =>
        (rule.name === undefined || matches(rule.name, name)) &&
        (rule.kind === undefined || rule.kind === kind) &&
        (rule.route === undefined ||
          ROUTE_KEYS.some((key) => matches(rule.route as Match, attributes[key]))) &&
        Object.entries(rule.attributes ?? {}).every(([key, match]) =>
          matches(match, attributes[key]),
        );
      const { sampler } = rules.find(fits) ?? { sampler: otherwise };
      return sampler.shouldSample(context, traceId, name, kind, attributes, links);
    },
    toString: () => `RuleBasedSampler{${rules.map(({ sampler }) => sampler).join(', ')}}`,
  };
}

function matches(match: Match, value: unknown): boolean {
  if (!(match instanceof RegExp)) return match === value;
  // A global pattern would go on where its last match ended.
  match.lastIndex = 0;
  return value !== undefined && match.test(String(value));
}
