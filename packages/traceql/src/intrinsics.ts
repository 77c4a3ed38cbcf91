/**
 * The fields every span has: spelling → canonical name and type. One row per spelling.
 *
 * https://grafana.com/docs/tempo/latest/traceql/construct-traceql-queries/#intrinsic-fields
 */
import type { Intrinsic } from './ast.ts';

export type ValueType =
  | 'int'
  | 'float'
  | 'string'
  | 'boolean'
  | 'duration'
  | 'status'
  | 'kind'
  | 'nil'
  /** An attribute: known only when the span is looked at. */
  | 'dynamic';

export type IntrinsicRow = {
  readonly spelling: string;
  readonly name: Intrinsic;
  readonly type: ValueType;
  readonly says: string;
};

const row = (spelling: string, name: Intrinsic, type: ValueType, says: string): IntrinsicRow => ({
  spelling,
  name,
  type,
  says,
});

export const intrinsics: readonly IntrinsicRow[] = [
  row('duration', 'duration', 'duration', 'end − start of the span'),
  row('span:duration', 'duration', 'duration', 'end − start of the span'),
  row('name', 'name', 'string', 'name of the span'),
  row('span:name', 'name', 'string', 'name of the span'),
  row('status', 'status', 'status', 'ok, error or unset'),
  row('span:status', 'status', 'status', 'ok, error or unset'),
  row('statusMessage', 'statusMessage', 'string', 'text beside the status'),
  row('span:statusMessage', 'statusMessage', 'string', 'text beside the status'),
  row('kind', 'kind', 'kind', 'server, client, producer, consumer, internal or unspecified'),
  row('span:kind', 'kind', 'kind', 'server, client, producer, consumer, internal or unspecified'),
  row('span:id', 'span:id', 'string', 'id of the span, 16 hex digits'),
  row('span:parentID', 'span:parentID', 'string', 'id of the parent, empty for a root'),
  row('span:childCount', 'span:childCount', 'int', 'number of direct children'),
  row('traceDuration', 'traceDuration', 'duration', 'duration of the whole trace'),
  row('trace:duration', 'traceDuration', 'duration', 'duration of the whole trace'),
  row('rootName', 'rootName', 'string', 'name of the root span'),
  row('trace:rootName', 'rootName', 'string', 'name of the root span'),
  row('rootServiceName', 'rootServiceName', 'string', 'service of the root span'),
  row('trace:rootService', 'rootServiceName', 'string', 'service of the root span'),
  row('trace:id', 'trace:id', 'string', 'id of the trace, 32 hex digits'),
  row('event:name', 'event:name', 'string', 'name of any event of the span'),
  row('event:timeSinceStart', 'event:timeSinceStart', 'duration', 'event time − span start'),
  row('link:traceID', 'link:traceID', 'string', 'trace id of any link of the span'),
  row('link:spanID', 'link:spanID', 'string', 'span id of any link of the span'),
  row('instrumentation:name', 'instrumentation:name', 'string', 'name of the scope'),
  row('instrumentation:version', 'instrumentation:version', 'string', 'version of the scope'),
  row('nestedSetLeft', 'nestedSetLeft', 'int', 'position in the depth-first order'),
  row('nestedSetRight', 'nestedSetRight', 'int', 'end of the subtree in that order'),
  row('nestedSetParent', 'nestedSetParent', 'int', "parent's position, −1 for a root"),
  row('parent', 'parent', 'dynamic', 'the parent span (not supported yet)'),
];

const bySpelling = new Map(intrinsics.map((found) => [found.spelling, found]));
const typeByName = new Map(intrinsics.map((found) => [found.name, found.type]));

export function intrinsicOf(spelling: string): IntrinsicRow | undefined {
  return bySpelling.get(spelling);
}

export function intrinsicType(name: Intrinsic): ValueType {
  return typeByName.get(name)!;
}
