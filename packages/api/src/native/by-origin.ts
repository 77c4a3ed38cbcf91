/**
 * Spans put together again by the resource and scope they were sent with, each group in the order of its spans.
 *
 * Never knows: how a group is written.
 */
import type { Resource, Scope, Span } from '@clew/query';
import { limits } from '../limits.ts';
import { attributesJson } from './value-json.ts';

export type ScopeGroup = { readonly scope: Scope; readonly spans: Span[] };
export type ResourceGroup = {
  readonly resource: Resource;
  readonly scopes: Map<string, ScopeGroup>;
};

/** Yields nothing, often, so that other work can come between; returns the groups. */
export function* byOrigin(spans: readonly Span[]): Generator<undefined, readonly ResourceGroup[]> {
  const found = new Map<string, ResourceGroup>();
  for (let at = 0; at < spans.length; at += limits.spansPerChunk) {
    group(spans.slice(at, at + limits.spansPerChunk), found);
    yield;
  }
  return [...found.values()];
}

function group(spans: readonly Span[], found: Map<string, ResourceGroup>): void {
  for (const span of spans) {
    const resourceKey = originKey(span.resource);
    const ofResource = found.get(resourceKey) ?? { resource: span.resource, scopes: new Map() };
    found.set(resourceKey, ofResource);
    const scopeKey = originKey(span.scope);
    const ofScope = ofResource.scopes.get(scopeKey) ?? { scope: span.scope, spans: [] };
    ofResource.scopes.set(scopeKey, ofScope);
    ofScope.spans.push(span);
  }
}

/** Two origins with equal keys are equal, attribute by attribute and type by type. */
function originKey(origin: Resource | Scope): string {
  const { name, version } = { name: '', version: '', ...origin };
  const { schemaUrl, droppedAttributes } = origin;
  const attributes = attributesJson(origin.attributes);
  return JSON.stringify([name, version, schemaUrl, droppedAttributes, attributes]);
}
