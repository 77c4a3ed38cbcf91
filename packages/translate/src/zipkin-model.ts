/**
 * A Zipkin span of the second version, which every other form of one is turned into first.
 *
 * The members are those of its JSON, so that a parsed body is already made of them; what an untrusted body holds is
 * only believed after `zipkin-fields.ts` has looked.
 * https://github.com/openzipkin/zipkin-api/blob/master/zipkin2-api.yaml
 */

export interface ZipkinEndpoint {
  readonly serviceName?: unknown;
  readonly ipv4?: unknown;
  readonly ipv6?: unknown;
  readonly port?: unknown;
}

export interface ZipkinAnnotation {
  /** Microseconds since the epoch. */
  readonly timestamp?: unknown;
  readonly value?: unknown;
}

export interface ZipkinSpan {
  /** Hex, 64 or 128 bits; missing zeros at its left are tolerated. */
  readonly traceId?: unknown;
  readonly id?: unknown;
  readonly parentId?: unknown;
  readonly kind?: unknown;
  readonly name?: unknown;
  /** Microseconds. */
  readonly timestamp?: unknown;
  readonly duration?: unknown;
  readonly localEndpoint?: unknown;
  readonly remoteEndpoint?: unknown;
  readonly annotations?: unknown;
  readonly tags?: unknown;
  readonly debug?: unknown;
  readonly shared?: unknown;
}
