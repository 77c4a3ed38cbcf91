/**
 * Foreign trace protocols to and from OTLP bytes.
 */

export { jaegerJson } from './export-jaeger.ts';
export { type JaegerSpanIn, jaegerSpanMessages } from './export-jaeger-proto.ts';
export { jaegerSpanTexts } from './export-jaeger-span-json.ts';
export { zipkinJson, zipkinSpanTexts } from './export-zipkin.ts';
export { zipkinSpanLists } from './export-zipkin-proto.ts';
export { jaegerJsonToOtlp } from './jaeger-json.ts';
export { jaegerSpanOfJson } from './jaeger-span-json.ts';
export { listeners } from './listeners.ts';
export { mediaType } from './media-type.ts';
export { frameLength, nextUnit, otlpFileForm, otlpOfUnit } from './otlp-file.ts';
export { otlpJsonToProtobuf } from './otlp-json.ts';
export type {
  ForeignRequest,
  GrpcProtocol,
  HttpAnswer,
  HttpProtocol,
  Listener,
  Outcome,
  Page,
  Protocol,
  Refusal,
  Rejection,
  Translated,
  UdpProtocol,
} from './protocol.ts';
export { pages, protocols } from './protocols.ts';
export { exportTraceResponseJson, rpcStatusJson } from './response-json.ts';
export { otlpJson } from './to-otlp-json.ts';
export { TranslateError } from './translate-error.ts';
export { zipkinJsonToOtlp } from './zipkin-json.ts';
