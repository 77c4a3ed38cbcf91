import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { exportTraceResponse, rpcStatus } from './response.ts';

const { root } = protobuf.parse(`
syntax = "proto3";
message ExportTraceServiceResponse { ExportTracePartialSuccess partial_success = 1; }
message ExportTracePartialSuccess { int64 rejected_spans = 1; string error_message = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string type_url = 1; bytes value = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
`);

function decode(type: string, bytes: Uint8Array): unknown {
  const found = root.lookupType(type);
  return found.toObject(found.decode(bytes), { longs: Number, bytes: Array });
}

describe('exportTraceResponse', () => {
  it('is empty when all is well', () => {
    expect(exportTraceResponse()).toEqual(new Uint8Array(0));
  });

  it('carries rejected spans and a message', () => {
    expect(decode('ExportTraceServiceResponse', exportTraceResponse(300, 'bad ids'))).toEqual({
      partialSuccess: { rejectedSpans: 300, errorMessage: 'bad ids' },
    });
  });

  it('may be a warning', () => {
    expect(decode('ExportTraceServiceResponse', exportTraceResponse(0, 'cut'))).toEqual({
      partialSuccess: { errorMessage: 'cut' },
    });
  });
});

describe('rpcStatus', () => {
  it('carries code and message', () => {
    expect(decode('Status', rpcStatus(3, 'truncated at byte 7'))).toEqual({
      code: 3,
      message: 'truncated at byte 7',
    });
  });

  it('tells when to retry', () => {
    const status = decode('Status', rpcStatus(14, 'spool full', 1500)) as {
      details: { type_url?: string; typeUrl?: string; value: number[] }[];
    };
    expect(status.details[0]!.typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo');
    expect(decode('RetryInfo', Uint8Array.from(status.details[0]!.value))).toEqual({
      retryDelay: { seconds: 1, nanos: 500_000_000 },
    });
  });
});
