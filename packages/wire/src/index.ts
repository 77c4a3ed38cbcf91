/**
 * OTLP protobuf as bytes. The decoder is not here but in its own entry, `wire/decode`.
 */

export { anyValueOf, attributesOf, type PlainValue } from './attributes.ts';
export { encodeAnyValue, encodeTraces } from './encode.ts';
export { fields, RESERVED_FIRST, RESERVED_LAST } from './fields.ts';
export {
  type Crc32,
  type Frame,
  type FrameFacts,
  frame,
  frameHead,
  frameTrailer,
  type Rubble,
  readFrames,
  sealTrailer,
} from './frame.ts';
export { bytesToHex, hexToBytes, isZero, SPAN_ID_BYTES, TRACE_ID_BYTES } from './ids.ts';
export { checkWalkLimits, type WalkLimits, walkLimits } from './limits.ts';
export { type Mark, markNames, marks } from './marks.ts';
export { type Mended, mendTraces } from './mend.ts';
export { ORIGINAL_END, ORIGINAL_START } from './mend-times.ts';
export type { RejectReason } from './mending.ts';
export { createReader, type Reader, WireError } from './reader.ts';
export { exportTraceResponse, rpcStatus } from './response.ts';
export { bytesToText, textToBytes } from './text.ts';
export type * from './traces-data.ts';
export type { MendReason, RefuseReason, Verdict, Walk, WalkReason } from './verdict.ts';
export { walkTraces } from './walk.ts';
export { createWriter, type Writer } from './writer.ts';
