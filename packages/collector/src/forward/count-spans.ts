/**
 * Counts the spans of a request by hopping from length to length; looks into none of them.
 *
 * For bytes that were walked when they were received; what is no protobuf counts as no span.
 */
import { createReader, fields, WireError } from '@clew/wire';

/** Of several requests. */
export function countAll(bodies: readonly Uint8Array[]): number {
  return bodies.reduce((sum, body) => sum + countSpans(body), 0);
}

export function countSpans(body: Uint8Array): number {
  try {
    let spans = 0;
    for (const request = createReader(body); request.next(); ) {
      if (request.field !== fields.TracesData.resource_spans) continue;
      for (const resource = request.message(); resource.next(); ) {
        if (resource.field !== fields.ResourceSpans.scope_spans) continue;
        for (const scope = resource.message(); scope.next(); ) {
          if (scope.field === fields.ScopeSpans.spans) spans += 1;
        }
      }
    }
    return spans;
  } catch (error) {
    if (error instanceof WireError) return 0;
    throw error;
  }
}
