/**
 * Which Datadog tag becomes which OTLP attribute, and which values of it mean what.
 *
 * Tables only. Names follow the OpenTelemetry semantic conventions and the tags that their Datadog
 * exporter reads back (`operation.name`, `resource.name`, `span.type`).
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib (receiver/datadogreceiver)
 */

/** Tags with a name of their own in OpenTelemetry; every other tag keeps the name it has. */
export const attributeNames: ReadonlyMap<string, string> = new Map([
  ['_sampling_priority_v1', 'sampling.priority'],
  ['cloud_provider', 'cloud.provider'],
  ['region', 'cloud.region'],
  ['zone', 'cloud.availability_zone'],
  ['container_id', 'container.id'],
  ['container_name', 'container.name'],
  ['image_name', 'container.image.name'],
  ['image_tag', 'container.image.tag'],
  ['kube_cluster_name', 'k8s.cluster.name'],
  ['kube_namespace', 'k8s.namespace.name'],
  ['kube_deployment', 'k8s.deployment.name'],
  ['kube_container_name', 'k8s.container.name'],
  ['pod_name', 'k8s.pod.name'],
]);

/** Integers that tracers send as text, or as doubles in `metrics`. */
export const integerTags: ReadonlySet<string> = new Set([
  'http.status_code',
  'http.response.status_code',
  'grpc.status.code',
  'rpc.grpc.status_code',
  'network.destination.port',
  'server.port',
  'out.port',
  'peer.port',
  '_sampling_priority_v1',
]);

/** OTLP's numbers of span kinds. */
export const kinds: ReadonlyMap<unknown, number> = new Map([
  ['internal', 1],
  ['server', 2],
  ['client', 3],
  ['producer', 4],
  ['consumer', 5],
]);

export const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;

/** Types of spans whose resource is a statement rather than a name: it would be a poor span name. */
const STATEMENTS = [
  'sql',
  'db',
  'cassandra',
  'mongodb',
  'redis',
  'valkey',
  'memcached',
  'elasticsearch',
  'opensearch',
  'cache',
  'graphql',
];

export const statementTypes: ReadonlySet<unknown> = new Set(STATEMENTS);

/** What a span's type says about its kind, when there is no `span.kind`. */
export const kindsOfTypes: ReadonlyMap<unknown, number> = new Map([
  ['web', SERVER],
  ['http', CLIENT],
  ...STATEMENTS.filter((type) => type !== 'graphql').map((type) => [type, CLIENT] as const),
]);

/** `telemetry.sdk.language` for what tracers call their languages. */
export const languages: ReadonlyMap<string, string> = new Map([
  ['.NET', 'dotnet'],
  ['javascript', 'nodejs'],
  ['jvm', 'java'],
]);
