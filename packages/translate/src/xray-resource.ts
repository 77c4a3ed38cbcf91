/**
 * Where an X-Ray document says that its process runs → attributes of the resource.
 *
 * Never knows: spans.
 */

import type { PlainValue } from '@clew/wire';
import type { JsonObject } from './json-fields.ts';
import { isObject, textOf } from './xray-values.ts';

type Names = Readonly<Record<string, string>>;

/** By block of `aws`: field → attribute. */
const BLOCKS: Readonly<Record<string, Names>> = {
  ec2: {
    availability_zone: 'cloud.availability_zone',
    instance_id: 'host.id',
    instance_size: 'host.type',
    ami_id: 'host.image.id',
  },
  ecs: {
    container: 'container.name',
    container_id: 'container.id',
    container_arn: 'aws.ecs.container.arn',
    availability_zone: 'cloud.availability_zone',
  },
  eks: {
    cluster_name: 'k8s.cluster.name',
    pod: 'k8s.pod.name',
    container_id: 'container.id',
  },
  elastic_beanstalk: {
    environment_name: 'service.namespace',
    deployment_id: 'service.instance.id',
    version_label: 'service.version',
  },
};

const SERVICE: Names = {
  version: 'service.version',
  runtime: 'process.runtime.name',
  runtime_version: 'process.runtime.version',
  compiler: 'aws.xray.service.compiler',
  compiler_version: 'aws.xray.service.compiler_version',
};

/** Attributes of a resource; `service.name` is the name of the segment. */
export type Origin = { [key: string]: PlainValue };

/** For subsegments whose segment never came. */
export const UNKNOWN_ORIGIN: Origin = { 'service.name': 'unknown_service:xray' };

/** `body` is a segment. */
export function originOf(body: JsonObject): Origin {
  const attributes: Origin = { 'service.name': textOf(body['name']) };
  const aws = isObject(body['aws']) ? body['aws'] : {};
  if (isObject(body['service'])) take(attributes, body['service'], SERVICE);
  for (const [block, names] of Object.entries(BLOCKS)) {
    const found = aws[block];
    if (isObject(found)) take(attributes, found, names, `aws.${block}`);
  }
  const logs = aws['cloudwatch_logs'];
  if (logs !== undefined && logs !== null) {
    attributes['aws.cloudwatch_logs'] = JSON.stringify(logs);
  }
  if (typeof body['origin'] === 'string') attributes['aws.xray.origin'] = body['origin'];
  if (typeof body['resource_arn'] === 'string') {
    attributes['aws.xray.resource_arn'] = body['resource_arn'];
  }
  const isInCloud = typeof body['origin'] === 'string' || Object.keys(BLOCKS).some((b) => aws[b]);
  if (isInCloud) attributes['cloud.provider'] = 'aws';
  if (typeof aws['account_id'] === 'string') attributes['cloud.account.id'] = aws['account_id'];
  if (isObject(aws['xray'])) addSdk(attributes, aws['xray']);
  return attributes;
}

/** Fields without a name of their own get `prefix.field`, or are left out without a prefix. */
function take(attributes: Origin, block: JsonObject, names: Names, prefix?: string): void {
  for (const [field, value] of Object.entries(block)) {
    const name = Object.hasOwn(names, field) ? names[field] : prefix && `${prefix}.${field}`;
    if (name === undefined || value === null) continue;
    attributes[name] = typeof value === 'object' ? JSON.stringify(value) : (value as PlainValue);
  }
}

/** `X-Ray for Node.js` names the language behind its "for". */
function addSdk(attributes: Origin, xray: JsonObject): void {
  const { sdk, sdk_version: version, auto_instrumentation: isAuto } = xray;
  if (typeof sdk === 'string') {
    attributes['telemetry.sdk.name'] = sdk;
    const language = / for (.+)$/.exec(sdk)?.[1]?.toLowerCase();
    if (language !== undefined) {
      attributes['telemetry.sdk.language'] = language === 'node.js' ? 'nodejs' : language;
    }
  }
  if (typeof version === 'string') attributes['telemetry.sdk.version'] = version;
  if (typeof isAuto === 'boolean') attributes['aws.xray.auto_instrumentation'] = isAuto;
}
