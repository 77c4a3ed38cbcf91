/**
 * A small shop traced with Zipkin's own client for JavaScript and its HTTP transport, both unmodified.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import zipkin from 'zipkin';
import { HttpLogger } from 'zipkin-transport-http';

export interface ZipkinReport {
  readonly traceId: string;
  /** Ids of the spans; the call's id is shared by its two halves. */
  readonly root: string;
  readonly call: string;
  readonly local: string;
}

export interface ZipkinOptions {
  /** The whole URL that spans are posted to. */
  readonly endpoint: string;
  readonly version: 1 | 2;
  readonly is128Bit: boolean;
}

/** `web` serves a request, calls `stock`, and does something by itself. Both send soon after. */
export async function reportWithZipkin(options: ZipkinOptions): Promise<ZipkinReport> {
  return shop(createTracer('web', options), createTracer('stock', options));
}

function createTracer(localServiceName: string, options: ZipkinOptions): zipkin.Tracer {
  const { endpoint, version, is128Bit } = options;
  const { JSON_V1, JSON_V2 } = zipkin.jsonEncoder;
  const jsonEncoder = version === 1 ? JSON_V1 : JSON_V2;
  const logger = new HttpLogger({ endpoint, jsonEncoder, httpInterval: 50 });
  return new zipkin.Tracer({
    ctxImpl: new zipkin.ExplicitContext(),
    recorder: new zipkin.BatchRecorder({ logger }),
    localServiceName,
    supportsJoin: true,
    traceId128Bit: is128Bit,
  });
}

/** The package's types leave it out. */
type Joining = zipkin.Tracer & { join(traceId: zipkin.TraceId): zipkin.TraceId };

async function shop(web: zipkin.Tracer, stock: zipkin.Tracer): Promise<ZipkinReport> {
  const { Annotation } = zipkin;
  const record = (tracer: zipkin.Tracer, id: zipkin.TraceId, annotation: zipkin.IAnnotation) =>
    tracer.letId(id, () => tracer.recordAnnotation(annotation));

  const root = web.createRootId(new zipkin.option.Some(true), true);
  record(web, root, new Annotation.ServiceName('web'));
  record(web, root, new Annotation.Rpc('get /checkout'));
  record(web, root, new Annotation.ServerRecv());
  record(web, root, new Annotation.BinaryAnnotation('http.path', '/checkout'));
  await sleep(2);
  record(web, root, new Annotation.Message('cart loaded'));

  const call = web.letId(root, () => web.createChildId());
  record(web, call, new Annotation.ServiceName('web'));
  record(web, call, new Annotation.Rpc('reserve'));
  record(web, call, new Annotation.ClientSend());
  const address = { serviceName: 'stock', host: new zipkin.InetAddress('10.1.2.3'), port: 8080 };
  record(web, call, new Annotation.ServerAddr(address));
  await sleep(2);

  // The other side joins the span: it has the same id.
  const joined = (stock as Joining).join(call);
  record(stock, joined, new Annotation.ServiceName('stock'));
  record(stock, joined, new Annotation.Rpc('reserve'));
  record(stock, joined, new Annotation.ServerRecv());
  record(stock, joined, new Annotation.BinaryAnnotation('error', 'out of stock'));
  await sleep(2);
  record(stock, joined, new Annotation.ServerSend());
  await sleep(2);
  record(web, call, new Annotation.ClientRecv());

  const local = web.letId(root, () => web.createChildId());
  record(web, local, new Annotation.ServiceName('web'));
  record(web, local, new Annotation.LocalOperationStart('render'));
  await sleep(2);
  record(web, local, new Annotation.LocalOperationStop());
  record(web, root, new Annotation.ServerSend());
  return { traceId: root.traceId, root: root.spanId, call: call.spanId, local: local.spanId };
}
