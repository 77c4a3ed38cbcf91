/**
 * Attributes that OpenTelemetry's semantic conventions have renamed, so that a question finds spans of old and new
 * instrumentation by either name. Names as of the migration guides, https://opentelemetry.io/docs/specs/semconv/non-normative/.
 *
 * Only renames that keep the value are here: none of them changes a unit. Where a rename also changes how values are
 * written (`http.target`, `net.transport`, `http.flavor`, numbers that became text), the names do not mean the same, and a
 * question has to say which it asks for.
 *
 * Never knows: which of the names are in use.
 */
import type { OtherName } from '@clew/traceql';

/** New name → its old names. A word behind the name: only on spans that call, or that are called. */
const renamed: Readonly<Record<string, string>> = {
  'http.request.method': 'http.method',
  'http.response.status_code': 'http.status_code',
  'http.request.body.size': 'http.request_content_length',
  'http.response.body.size': 'http.response_content_length',
  'http.request.resend_count': 'http.resend_count, http.retry_count',
  'url.full': 'http.url',
  'url.scheme': 'http.scheme',
  'user_agent.original': 'http.user_agent, browser.user_agent',
  'server.address': 'net.peer.name caller, net.host.name called, http.server_name called',
  'server.port': 'net.peer.port caller, net.host.port called',
  'client.address': 'net.peer.name called, http.client_ip called',
  'client.port': 'net.peer.port called',
  'network.protocol.name': 'net.protocol.name, net.app.protocol.name',
  'network.protocol.version': 'net.protocol.version, net.app.protocol.version',
  'network.peer.address': 'net.sock.peer.addr, net.peer.ip',
  'network.peer.port': 'net.sock.peer.port',
  'network.local.address': 'net.sock.host.addr, net.host.ip',
  'network.local.port': 'net.sock.host.port',
  'db.system.name': 'db.system',
  'db.query.text': 'db.statement',
  'db.operation.name': 'db.operation',
  'db.namespace': 'db.name',
  'db.collection.name':
    'db.sql.table, db.mongodb.collection, db.cassandra.table, db.cosmosdb.container',
  'db.response.status_code': 'db.cosmosdb.status_code',
  'messaging.destination.name': 'messaging.destination',
  'messaging.destination.temporary': 'messaging.temp_destination',
  'messaging.operation.type': 'messaging.operation',
  'messaging.message.id': 'messaging.message_id',
  'messaging.message.conversation_id': 'messaging.conversation_id',
  'messaging.message.body.size':
    'messaging.message.payload_size_bytes, messaging.message_payload_size_bytes',
  'messaging.client.id': 'messaging.client_id, messaging.kafka.client_id',
  'messaging.consumer.group.name':
    'messaging.kafka.consumer.group, messaging.kafka.consumer_group, messaging.rocketmq.client_group',
  'messaging.kafka.message.key': 'messaging.kafka.message_key',
  'messaging.kafka.offset': 'messaging.kafka.message.offset',
  'messaging.rabbitmq.destination.routing_key': 'messaging.rabbitmq.routing_key',
  'rpc.message.id': 'message.id',
  'rpc.message.type': 'message.type',
  'code.function.name': 'code.function',
  'code.file.path': 'code.filepath',
  'code.line.number': 'code.lineno',
  'code.column.number': 'code.column',
  'deployment.environment.name': 'deployment.environment',
  'telemetry.distro.version': 'telemetry.auto.version',
  'cloud.resource_id': 'faas.id',
  'faas.invocation_id': 'faas.execution',
  'user.id': 'enduser.id',
  'gen_ai.provider.name': 'gen_ai.system',
  'gen_ai.usage.input_tokens': 'gen_ai.usage.prompt_tokens',
  'gen_ai.usage.output_tokens': 'gen_ai.usage.completion_tokens',
};

const otherNames: ReadonlyMap<string, readonly OtherName[]> = (() => {
  const names = new Map<string, OtherName[]>();
  const add = (name: string, other: OtherName) =>
    names.set(name, [...(names.get(name) ?? []), other]);
  for (const [name, olds] of Object.entries(renamed)) {
    for (const old of olds.split(', ')) {
      const [oldName = '', side] = old.split(' ');
      const on = side === 'caller' || side === 'called' ? { on: side } : {};
      add(name, { name: oldName, ...on } as OtherName);
      add(oldName, { name, ...on } as OtherName);
    }
  }
  return names;
})();

/** The other names of an attribute; none for most. */
export function otherNamesOf(name: string): readonly OtherName[] {
  return otherNames.get(name) ?? [];
}
