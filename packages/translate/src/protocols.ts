/**
 * The protocols that spans may arrive by: one row each.
 *
 * A row says which listener speaks it, by which content types it is recognised there, and how its
 * body becomes OTLP bytes. Never knows: sockets.
 */

import { otlpJsonToProtobuf } from './otlp-json.ts';

export interface Protocol {
  readonly name: string;
  /** The listener's name in the settings (`listen.…`). */
  readonly listener: string;
  /** Media types without parameters, in lower case. */
  readonly contentTypes: readonly string[];
  /** Body → OTLP protobuf bytes. @throws TranslateError */
  readonly translate: (body: Uint8Array) => Uint8Array;
}

export const protocols: readonly Protocol[] = [
  {
    name: 'otlp-protobuf',
    listener: 'otlp_http',
    contentTypes: ['application/x-protobuf', 'application/protobuf'],
    translate: (body) => body,
  },
  {
    name: 'otlp-json',
    listener: 'otlp_http',
    contentTypes: ['application/json'],
    translate: otlpJsonToProtobuf,
  },
  {
    name: 'otlp-grpc',
    listener: 'otlp_grpc',
    contentTypes: ['application/grpc', 'application/grpc+proto'],
    translate: (body) => body,
  },
];

/** The protocol of `listener` that a `content-type` header names, its parameters ignored. */
export function protocolOf(listener: string, contentType: string): Protocol | undefined {
  const media = contentType.split(';', 1)[0]!.trim().toLowerCase();
  return protocols.find(
    (protocol) => protocol.listener === listener && protocol.contentTypes.includes(media),
  );
}
