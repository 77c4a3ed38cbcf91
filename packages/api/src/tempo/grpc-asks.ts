/**
 * Requests of `tempopb.StreamingQuerier` as bytes → what they ask for. Zero is what was not given.
 * https://github.com/grafana/tempo/blob/main/pkg/tempopb/tempo.proto
 *
 * Never knows: gRPC, or how anything is answered.
 */
import { readEntry, readFields } from '../grpc/fields.ts';

export type SearchRequest = {
  tags: Map<string, string>;
  minMs: number;
  maxMs: number;
  limit: number;
  start: number;
  end: number;
  q: string;
  spss: number;
};

export function readSearchRequest(bytes: Uint8Array): SearchRequest {
  const asked: SearchRequest = {
    tags: new Map(),
    minMs: 0,
    maxMs: 0,
    limit: 0,
    start: 0,
    end: 0,
    q: '',
    spss: 0,
  };
  return readFields(bytes, asked, {
    1: (reader) => asked.tags.set(...readEntry(reader.message())),
    2: (reader) => (asked.minMs = reader.uint32()),
    3: (reader) => (asked.maxMs = reader.uint32()),
    4: (reader) => (asked.limit = reader.uint32()),
    5: (reader) => (asked.start = reader.uint32()),
    6: (reader) => (asked.end = reader.uint32()),
    8: (reader) => (asked.q = reader.string()),
    9: (reader) => (asked.spss = reader.uint32()),
  });
}

/** Of tags and of values; only values have a tag, only tags a scope. */
export type ListRequest = {
  scope: string;
  tag: string;
  q: string;
  start: number;
  end: number;
  limit: number;
};

export function readTagsRequest(bytes: Uint8Array): ListRequest {
  const asked = { scope: '', tag: '', q: '', start: 0, end: 0, limit: 0 };
  return readFields(bytes, asked, {
    1: (reader) => (asked.scope = reader.string()),
    2: (reader) => (asked.q = reader.string()),
    3: (reader) => (asked.start = reader.uint32()),
    4: (reader) => (asked.end = reader.uint32()),
    5: (reader) => (asked.limit = reader.uint32()),
  });
}

export function readTagValuesRequest(bytes: Uint8Array): ListRequest {
  const asked = { scope: '', tag: '', q: '', start: 0, end: 0, limit: 0 };
  return readFields(bytes, asked, {
    1: (reader) => (asked.tag = reader.string()),
    2: (reader) => (asked.q = reader.string()),
    4: (reader) => (asked.start = reader.uint32()),
    5: (reader) => (asked.end = reader.uint32()),
    6: (reader) => (asked.limit = reader.uint32()),
  });
}

/** Times and step are nanoseconds. */
export type MetricsRequest = {
  q: string;
  startNs: bigint;
  endNs: bigint;
  stepNs: bigint;
  exemplars: number;
  seriesMax: number;
};

/** A request for one number per series has no step and no exemplars. */
export function readMetricsRequest(bytes: Uint8Array): MetricsRequest {
  const asked = { q: '', startNs: 0n, endNs: 0n, stepNs: 0n, exemplars: 0, seriesMax: 0 };
  return readFields(bytes, asked, {
    1: (reader) => (asked.q = reader.string()),
    2: (reader) => (asked.startNs = reader.uint64()),
    3: (reader) => (asked.endNs = reader.uint64()),
    4: (reader) => (asked.stepNs = reader.uint64()),
    16: (reader) => (asked.exemplars = reader.uint32()),
    17: (reader) => (asked.seriesMax = reader.uint32()),
  });
}
