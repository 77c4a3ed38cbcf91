/**
 * A back-end that takes everything: OTLP/HTTP, Zipkin and OTLP/gRPC on free ports, in a process of its
 * own so that its work is not counted as the sender's. Prints one JSON line with its addresses.
 */
import { createServer } from 'node:http';
import { Server, ServerCredentials } from '@grpc/grpc-js';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const identity = (bytes) => bytes;

const http = createServer((request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(200).end());
});
const grpc = new Server({ 'grpc.max_receive_message_length': -1 });
grpc.addService(
  {
    call: {
      path: EXPORT,
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  },
  { call: (_call, done) => done(null, Buffer.alloc(0)) },
);
http.listen(0, '127.0.0.1', () => {
  grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    const addresses = {
      http: `http://127.0.0.1:${http.address().port}`,
      grpc: `http://127.0.0.1:${port}`,
    };
    process.stdout.write(`${JSON.stringify(addresses)}\n`);
  });
});
