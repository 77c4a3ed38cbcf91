/**
 * What a row of the table of protocols says, and a row of the table of listeners.
 *
 * Shapes only: the tables are `protocols.ts` and `listeners.ts`, the doors that are driven by them stand in the
 * collector. Never knows: any one protocol, sockets.
 */

/** What a translator may ask about the request besides its body. */
export interface ForeignRequest {
  /** Without the query; empty where there is none. */
  readonly path: string;
  readonly query: string;
  /** A header by its name in lower case; over UDP and gRPC there is none. */
  readonly header: (name: string) => string | undefined;
  /** Wall clock at arrival, milliseconds since the epoch. */
  readonly arrivedMs: number;
}

/** What became of a body: OTLP bytes, and the spans that could not be part of them. */
export interface Translated {
  /** An OTLP `TracesData`; may be empty, and may be the body itself. */
  readonly otlp: Uint8Array;
  readonly rejected: readonly Rejection[];
}

/** `reason` is a label: short, kebab-case, of a fixed set. */
export interface Rejection {
  readonly reason: string;
  readonly spans: number;
}

/** What a sender is told of an accepted request: nothing when all is well. */
export interface Outcome {
  readonly rejected: number;
  readonly message: string;
}

/** Why a request is refused, as far as an answer needs it. */
export interface Refusal {
  /** A label such as `body-too-large`. */
  readonly reason: string;
  /** The status that HTTP's own rules suggest; the answer may choose another. */
  readonly http: number;
  /** A number of google.rpc.Code. */
  readonly grpc: number;
  readonly message: string;
  /** Set when the same request may pass later. */
  readonly retryAfterS: number | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: Uint8Array | string;
}

interface AnyProtocol {
  /** Unique, kebab-case. */
  readonly name: string;
  /** The name of its row in `listeners.ts`. */
  readonly listener: string;
  /** What a body should have been, with its article: `a Zipkin v2 list of spans in JSON`. */
  readonly wanted: string;
  /**
   * Body → OTLP bytes. Pure and total: for any bytes it returns or throws TranslateError, in time and memory
   * bounded by the length of the body.
   */
  readonly translate: (body: Uint8Array, request: ForeignRequest) => Translated;
}

/** Spans in the body of an HTTP request. */
export interface HttpProtocol extends AnyProtocol {
  readonly transport: 'http';
  readonly methods: readonly string[];
  /** Exact; a slash at the end is tolerated. */
  readonly paths: readonly string[];
  /** Media types without parameters, in lower case. */
  readonly contentTypes: readonly string[];
  /** Takes requests of those paths whose content type no row knows, or that have none. */
  readonly isDefault?: boolean;
  readonly accepted: (outcome: Outcome, request: ForeignRequest) => HttpAnswer;
}

/** Spans in the message of a unary gRPC call. */
export interface GrpcProtocol extends AnyProtocol {
  readonly transport: 'grpc';
  /** `/package.Service/Method` */
  readonly path: string;
  readonly accepted: (outcome: Outcome) => Uint8Array;
}

/** Spans in datagrams; nobody is answered. */
export interface UdpProtocol extends AnyProtocol {
  readonly transport: 'udp';
  /** The largest datagram, where the protocol's own servers stop before UDP does. */
  readonly packetBytesMax?: number;
  /** What the translator has held back until `nowMs`; everything for Infinity. Asked every few seconds. */
  readonly release?: (nowMs: number) => Uint8Array | undefined;
  /**
   * The datagrams that the translator holds back, which it takes again after the process was killed; undefined when they are
   * those of the last call.
   */
  readonly held?: () => readonly Uint8Array[] | undefined;
}

export type Protocol = HttpProtocol | GrpcProtocol | UdpProtocol;

/** A request that the clients of a protocol make beside sending spans, answered at once. */
export interface Page {
  readonly listener: string;
  readonly methods: readonly string[];
  readonly path: string;
  /** The largest body; 64 KiB unless given. */
  readonly bodyBytesMax?: number;
  /** May throw TranslateError. */
  readonly answer: (request: ForeignRequest, body: Uint8Array) => HttpAnswer;
}

/** A request that strays here because exporters send it by default, and what turns it off. */
export interface Stray {
  readonly found: string;
  readonly variable: string;
}

/** One port. Its setting is `listen.<name>`. */
export interface Listener {
  readonly name: string;
  readonly transport: Protocol['transport'];
  /** The default, on loopback. */
  readonly port: number;
  /** The sentence of its setting. */
  readonly says: string;
  /** What stands at the end of an answer to a wrong path or method. */
  readonly hint: (path: string) => string;
  /** By path. */
  readonly strays?: Readonly<Record<string, Stray>>;
  /** The error form of that protocol's own servers; plain text unless given. `contentType` is the request's. */
  readonly refused?: (refusal: Refusal, contentType: string) => HttpAnswer;
}
