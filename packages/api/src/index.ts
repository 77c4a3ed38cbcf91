/** The HTTP faces: native API, health, metrics, the user interface. Start at `createApi`. */
export {
  type Api,
  createApi,
  createJaegerQueryApi,
  createTempoApi,
  openApiDocument,
} from './api.ts';
export { ApiError, type ErrorBody, type ErrorCode, errors } from './errors.ts';
export { limits } from './limits.ts';
export type {
  AttributeAnswer,
  AttributesAnswer,
  ExplainAnswer,
  OperationsAnswer,
  SearchAnswer,
  ServicesAnswer,
  SpanAnswer,
  StatusAnswer,
  TraceSummaryAnswer,
  ValueAnswer,
  WhyEmptyAnswer,
} from './native/answers.ts';
export type {
  ApiParts,
  CollectorView,
  EngineState,
  EngineView,
  Listener,
  Log,
  Metric,
} from './parts.ts';
export { type ApiSettings, apiSettings, apiSettingsOf, type Setting } from './settings.ts';
export { createZipkinFace, type ZipkinFace } from './zipkin/server.ts';
