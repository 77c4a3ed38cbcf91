/**
 * What a collector answers, in OTLP/JSON.
 *
 * Never knows: which transport carries it.
 */

/** An `ExportTraceServiceResponse`; without rejected spans and message it is `{}`. */
export function exportTraceResponseJson(rejectedSpans = 0, message = ''): string {
  if (rejectedSpans === 0 && message === '') {
    return '{}';
  }
  const partialSuccess = {
    // 64-bit integers are strings in OTLP/JSON.
    ...(rejectedSpans > 0 && { rejectedSpans: String(rejectedSpans) }),
    ...(message !== '' && { errorMessage: message }),
  };
  return JSON.stringify({ partialSuccess });
}

/** A `google.rpc.Status`, the body of a failed request. `retryAfterMs` adds a `RetryInfo`. */
export function rpcStatusJson(code: number, message: string, retryAfterMs?: number): string {
  const details =
    retryAfterMs === undefined
      ? {}
      : {
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.RetryInfo',
              retryDelay: `${retryAfterMs / 1000}s`,
            },
          ],
        };
  return JSON.stringify({ code, message, ...details });
}
