/**
 * Every way in which the collector refuses a request: what is said, and what helps.
 *
 * Which status a protocol answers is not here but in `respond.ts`.
 */
export const errors = {
  BODY_TOO_LARGE: {
    says: 'the request is larger than {limit} bytes {when}',
    help: 'send smaller batches, or raise receive.body_bytes_max',
  },
  BODY_INFLATES_TOO_FAR: {
    says: 'the body inflates to more than {ratio} times its size',
    help: 'send smaller batches; this much compression looks like a decompression bomb',
  },
  ZSTD_WINDOW_TOO_LARGE: {
    says: 'the zstd frame asks for a window of {found} bytes, {limit} are allowed',
    help: 'compress with a smaller window, or with gzip',
  },
  BODY_CUT_SHORT: {
    says: 'the connection ended after {found} bytes of the body',
    help: 'send the request again',
  },
  BODY_TOO_SLOW: {
    says: 'the request did not arrive within {limit} ms',
    help: 'send the request again, or raise receive.body_timeout',
  },
  UNKNOWN_CONTENT_TYPE: {
    says: 'found content type {found}, wanted {wanted}',
    help: 'set the Content-Type header',
  },
  UNKNOWN_CONTENT_ENCODING: {
    says: 'found content encoding {found}, wanted gzip, deflate, zstd or identity',
    help: 'set the compression of the exporter',
  },
  BAD_COMPRESSION: {
    says: 'the body is not the {found} that its Content-Encoding promises: {reason}',
    help: 'check the compression of the exporter and of proxies between',
  },
  MALFORMED_PROTOBUF: {
    says: 'the body is not an OTLP trace request: {reason} at byte {offset}',
    help: 'nothing of this request was stored; do not send it again unchanged',
  },
  MALFORMED_BODY: {
    says: 'the body is not {wanted}: {reason}',
    help: 'nothing of this request was stored; do not send it again unchanged',
  },
  PACKET_TOO_LARGE: {
    says: 'the datagram holds {found} bytes, {limit} are allowed',
    help: 'set the packet size of the client to at most {limit} bytes',
  },
  TOO_MANY_SPANS: {
    says: 'the request holds more than {limit} spans',
    help: 'send smaller batches',
  },
  NO_SUCH_PATH: { says: 'there is nothing at {found}', help: '{hint}' },
  WRONG_METHOD: { says: 'found {found} {path}, wanted {wanted}', help: '{hint}' },
  NO_SUCH_SIGNAL: {
    says: 'Clew takes traces, and {found} has nowhere to go',
    help: 'switch this exporter off, for example with {variable}=none',
  },
  IN_FLIGHT_FULL: {
    says: 'requests of {found} bytes are being received already',
    help: 'send again in a moment',
  },
  PACKETS_LOST: {
    says: 'the system dropped datagrams before they could be read',
    help: 'raise the buffer of sockets (sysctl net.core.rmem_max), or send over HTTP or gRPC',
  },
  PACKETS_WAITING: {
    says: 'datagrams of {found} bytes wait to be stored already, {limit} are allowed',
    help: 'datagrams have no answer, so these spans are lost; send over HTTP or gRPC, where senders wait',
  },
  SPOOL_FULL: {
    says: 'the spool holds {found} of {limit} bytes that the engine has not taken yet',
    help: 'send again in a moment; if it lasts, look at the engine',
  },
  DISK_FULL: {
    says: 'the disk of the spool has no room: {reason}',
    help: 'send again later; what was acknowledged is safe',
  },
  WRITE_FAILED: {
    says: 'the spool could not be written: {reason}',
    help: 'send again later; what was acknowledged is safe',
  },
  SYNC_FAILED: {
    says: 'the disk reported a failed sync, so nothing more is acknowledged',
    help: 'check the disk, then start Clew again',
  },
  STOPPING: { says: 'Clew is stopping', help: 'send again in a moment' },
  INTERNAL: { says: 'Clew failed on this request: {reason}', help: 'see the log' },
} as const satisfies Record<string, { says: string; help: string }>;

export type ErrorCode = keyof typeof errors;

type Facts = Readonly<Record<string, string | number>>;

/** A refusal. `message` is for people, `code` for `respond.ts`, `reason` for metrics and ledger. */
export class CollectorError extends Error {
  readonly code: ErrorCode;
  /** What was put into the sentence. */
  readonly facts: Facts;

  constructor(code: ErrorCode, facts: Facts = {}, cause?: unknown) {
    const { says, help } = errors[code];
    super(`${fill(says, facts)}; ${fill(help, facts)}`, cause === undefined ? {} : { cause });
    this.name = 'CollectorError';
    this.code = code;
    this.facts = facts;
  }

  /** The code in the form of a label: `body-too-large`. */
  get reason(): string {
    return this.code.toLowerCase().replaceAll('_', '-');
  }
}

/** Whatever was thrown, as a refusal; what is not one of ours is INTERNAL with its cause kept. */
export function asCollectorError(thrown: unknown): CollectorError {
  if (thrown instanceof CollectorError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new CollectorError('INTERNAL', { reason }, thrown);
}

function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? `{${name}}`));
}
