/**
 * Names of tags and their values, for HTTP and gRPC alike.
 *
 * Never knows: how an answer is written.
 */
import { type Query, QuestionError, type TypedValue } from '@clew/query';
import { BadAsk } from '../ask/parameters.ts';
import { fieldOfFirst, type ListAsk, type TagScope } from './tag-ask.ts';

export type ScopedTags = { readonly name: string; readonly tags: readonly string[] };

type Asker = { readonly signal: AbortSignal };

/** What TraceQL knows without attributes, as Tempo lists it. */
const intrinsicTags = [
  'duration',
  'event:name',
  'event:timeSinceStart',
  'instrumentation:name',
  'instrumentation:version',
  'kind',
  'link:spanID',
  'link:traceID',
  'name',
  'rootName',
  'rootServiceName',
  'span:duration',
  'span:id',
  'span:kind',
  'span:name',
  'span:parentID',
  'span:status',
  'span:statusMessage',
  'status',
  'statusMessage',
  'trace:duration',
  'trace:id',
  'trace:rootName',
  'trace:rootService',
  'traceDuration',
];

/** By scope, intrinsics last; each list in order. */
export async function scopedTags(
  query: Query,
  scope: TagScope,
  ask: ListAsk,
  asker: Asker,
): Promise<readonly ScopedTags[]> {
  const intrinsics = { name: 'intrinsic', tags: intrinsicTags };
  if (scope === 'intrinsic') return [intrinsics];
  const { scopes } = await query.attributeNames({ ...ask, ...(scope && { scope }) }, asker);
  const named = scopes.map(({ scope, names }) => ({ name: scope, tags: names }));
  return scope === undefined ? [...named, intrinsics] : named;
}

/** The first API's flat list: attributes of spans and resources, as far as no other scope is asked for. */
export async function flatTags(
  query: Query,
  scope: TagScope,
  ask: ListAsk,
  asker: Asker,
): Promise<readonly string[]> {
  const scopes = await scopedTags(query, scope, ask, asker);
  const wanted = scope === undefined ? ['span', 'resource'] : [scope];
  const tags = scopes.filter(({ name }) => wanted.includes(name)).flatMap(({ tags }) => tags);
  return [...new Set(tags)].sort().slice(0, ask.limit);
}

/** @throws BadAsk when the tag is no field of TraceQL */
export async function typedValues(
  query: Query,
  tag: string,
  ask: ListAsk,
  asker: Asker,
): Promise<readonly TypedValue[]> {
  try {
    const { values } = await query.attributeValues({ ...ask, attribute: tag }, asker);
    return values;
  } catch (error) {
    if (!(error instanceof QuestionError) || error.code !== 'bad-field') throw error;
    throw new BadAsk(
      `please provide a valid tagName: failed to parse identifier ${tag}: ${error.message}; ${error.hint}`,
    );
  }
}

/** The first API's values, without types; an unknown name has none. */
export async function flatValues(
  query: Query,
  tag: string,
  ask: ListAsk,
  asker: Asker,
): Promise<readonly string[]> {
  const values = await typedValues(query, fieldOfFirst(tag), ask, asker);
  return [...new Set(values.map(({ value }) => value))];
}
