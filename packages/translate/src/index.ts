/**
 * Foreign trace protocols to and from OTLP bytes.
 */

export { otlpJsonToProtobuf } from './otlp-json.ts';
export { type Protocol, protocolOf, protocols } from './protocols.ts';
export { exportTraceResponseJson, rpcStatusJson } from './response-json.ts';
export { otlpJson } from './to-otlp-json.ts';
export { TranslateError } from './translate-error.ts';
