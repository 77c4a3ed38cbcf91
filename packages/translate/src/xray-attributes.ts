/**
 * The blocks of an X-Ray document → attributes of its span.
 *
 * What has a name in the OpenTelemetry conventions gets it; everything else stays under `aws.xray.…`, objects
 * as their JSON, so that nothing is lost. Never knows: ids, times, exceptions, the resource.
 * Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */

import type { PlainValue } from '@clew/wire';
import type { JsonObject } from './json-fields.ts';
import { isObject } from './xray-values.ts';

type Attributes = { [key: string]: PlainValue };

/** Fields that are told elsewhere: as fields of the span, its events, its resource, or other spans. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  'name',
  'id',
  'trace_id',
  'parent_id',
  'start_time',
  'end_time',
  'in_progress',
  'subsegments',
  'cause',
  'links',
  'service',
  'origin',
  'resource_arn',
  'type',
]);

export function spanAttributes(body: JsonObject): Attributes {
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(body)) {
    if (TOLD_ELSEWHERE.has(key) || value === null) continue;
    const write = blocks[key];
    if (write !== undefined && isObject(value)) write(attributes, value, body);
    else if (key === 'user') attributes['enduser.id'] = value as PlainValue;
    else if (value !== false || key === 'traced') attributes[`aws.xray.${key}`] = flat(value);
  }
  return attributes;
}

type Block = (attributes: Attributes, block: JsonObject, body: JsonObject) => void;

const blocks: Readonly<Record<string, Block>> = {
  http(attributes, { request, response, ...rest }) {
    rename(attributes, isObject(request) ? request : {}, HTTP_REQUEST, 'aws.xray.http.request');
    rename(attributes, isObject(response) ? response : {}, HTTP_RESPONSE, 'aws.xray.http.response');
    rename(attributes, rest, {}, 'aws.xray.http');
  },
  sql(attributes, sql) {
    rename(attributes, sql, SQL, 'aws.xray.sql');
    const name = databaseName(sql['url']);
    if (name !== undefined) attributes['db.name'] = name;
  },
  aws(attributes, { xray, ...aws }, body) {
    const plain = Object.entries(aws).filter(([key]) => !RESOURCE_BLOCKS.has(key));
    rename(attributes, Object.fromEntries(plain), AWS, 'aws');
    if (body['namespace'] === 'aws') attributes['aws.service'] = flat(body['name']);
    const rule = isObject(xray) ? xray['rule_name'] : undefined;
    if (typeof rule === 'string') attributes['aws.xray.sampling_rule'] = rule;
  },
  annotations(attributes, annotations) {
    for (const [key, value] of Object.entries(annotations)) attributes[key] = flat(value);
    attributes['aws.xray.annotations'] = Object.keys(annotations);
  },
  metadata(attributes, metadata) {
    for (const [namespace, value] of Object.entries(metadata)) {
      attributes[`aws.xray.metadata.${namespace}`] = JSON.stringify(value);
    }
  },
};

type Names = { readonly [field: string]: string };

const HTTP_REQUEST: Names = {
  method: 'http.method',
  url: 'http.url',
  user_agent: 'http.user_agent',
  client_ip: 'http.client_ip',
  x_forwarded_for: 'aws.xray.x_forwarded_for',
  traced: 'aws.xray.http.traced',
};

const HTTP_RESPONSE: Names = {
  status: 'http.status_code',
  content_length: 'http.response_content_length',
};

const SQL: Names = {
  connection_string: 'db.connection_string',
  url: 'db.url',
  sanitized_query: 'db.statement',
  database_type: 'db.system',
  database_version: 'db.version',
  driver_version: 'db.driver.version',
  user: 'db.user',
  preparation: 'db.preparation',
};

const AWS: Names = {
  account_id: 'aws.account_id',
  operation: 'aws.operation',
  region: 'aws.region',
  request_id: 'aws.request_id',
  queue_url: 'aws.queue_url',
  table_name: 'aws.table_name',
  table_names: 'aws.table_names',
  retries: 'aws.xray.retries',
};

/** Blocks of `aws` that say where the process runs. */
export const RESOURCE_BLOCKS: ReadonlySet<string> = new Set([
  'ec2',
  'ecs',
  'eks',
  'elastic_beanstalk',
  'cloudwatch_logs',
]);

function rename(attributes: Attributes, block: JsonObject, names: Names, prefix: string): void {
  for (const [field, value] of Object.entries(block)) {
    if (value === null) continue;
    const name = Object.hasOwn(names, field) ? names[field] : undefined;
    attributes[name ?? `${prefix}.${field}`] = flat(value);
  }
}

/** Scalars and lists of them as they are, everything else as its JSON. */
function flat(value: unknown): PlainValue {
  if (typeof value !== 'object' || value === null) return (value ?? null) as PlainValue;
  const isList = Array.isArray(value) && value.every((one) => typeof one !== 'object');
  return isList ? (value as PlainValue[]) : JSON.stringify(value);
}

/** What stands behind the last slash of `postgresql://host:5432/carts`; a query behind it does not count. */
function databaseName(url: unknown): string | undefined {
  const match = typeof url === 'string' ? /\/([^/?#]+)(?:[?#].*)?$/.exec(url) : undefined;
  return match?.[1];
}
