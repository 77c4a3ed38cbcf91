/**
 * One Datadog span → where its parts stand in the body, and what decides about its resource and ids.
 *
 * Never knows: which version it came in but for the two forms of a span, map and row.
 */

import { bytesToText } from '@clew/wire';
import type { Key, Keys, Role } from './datadog-keys.ts';
import type { MsgpackReader } from './msgpack-reader.ts';

/** Positions are of the values in the body; −1 where there is none. */
export interface SpanPlace {
  service: string;
  name: string;
  resource: string;
  type: string;
  traceId: bigint;
  spanId: bigint;
  parentId: bigint;
  start: bigint;
  duration: bigint;
  isError: boolean;
  /** Where its tags stand in the list of tags. */
  tagsFrom: number;
  tagsTo: number;
  metrics: number;
  metaStruct: number;
  spanLinks: number;
  spanEvents: number;
  kind: string;
  traceHigh: string;
  environment: string;
  version: string;
  instanceId: string;
  language: string;
  hostName: string;
  processId: number;
  errorMessage: string | undefined;
  errorStack: string | undefined;
  errorType: string | undefined;
  events: string | undefined;
  links: string | undefined;
}

function emptyPlace(): SpanPlace {
  return {
    service: '',
    name: '',
    resource: '',
    type: '',
    traceId: 0n,
    spanId: 0n,
    parentId: 0n,
    start: 0n,
    duration: 0n,
    isError: false,
    tagsFrom: 0,
    tagsTo: 0,
    metrics: -1,
    metaStruct: -1,
    spanLinks: -1,
    spanEvents: -1,
    kind: '',
    traceHigh: '',
    environment: '',
    version: '',
    instanceId: '',
    language: '',
    hostName: '',
    processId: 0,
    errorMessage: undefined,
    errorStack: undefined,
    errorType: undefined,
    events: undefined,
    links: undefined,
  };
}

type Read = (span: SpanPlace) => void;

/** The tags of all spans of a body, one behind the other: their keys, and where their values stand. */
export interface TagList {
  readonly keys: Key[];
  /** Two for each: start and end of a text; −1 and the place of the value when it is something else. */
  places: Int32Array;
}

export interface SpanIndexer {
  readonly tags: TagList;
  /** The span that stands as a map at the reader, or what was found instead. */
  map(): SpanPlace | string;
  /** The same for the array of twelve of 0.5. */
  row(): SpanPlace | string;
}

const PLACES_AT_FIRST = 4096;

/** https://github.com/DataDog/datadog-agent/blob/main/pkg/proto/pbgo/trace/decoder_v05.go */
const ROW = [
  'service',
  'name',
  'resource',
  'trace_id',
  'span_id',
  'parent_id',
  'start',
  'duration',
  'error',
  'meta',
  'metrics',
  'type',
];

/** `values` keeps the texts that many spans share, so that each is made once. */
export function createSpanIndexer(reader: MsgpackReader, keys: Keys, values: Keys): SpanIndexer {
  const tags: TagList = { keys: [], places: new Int32Array(PLACES_AT_FIRST) };
  const textHere = () => (reader.text() ? shortText(reader, values) : '');
  /** Names may have been given as numbers. */
  const members: Readonly<Record<string, Read>> = {
    service: (span) => {
      span.service = textHere();
    },
    name: (span) => {
      span.name = textHere();
    },
    resource: (span) => {
      span.resource = textHere();
    },
    type: (span) => {
      span.type = textHere();
    },
    trace_id: (span) => {
      span.traceId = BigInt.asUintN(64, reader.integer());
    },
    span_id: (span) => {
      span.spanId = reader.integer();
    },
    parent_id: (span) => {
      span.parentId = reader.integer();
    },
    start: (span) => {
      span.start = reader.integer();
    },
    duration: (span) => {
      span.duration = reader.integer();
    },
    error: (span) => {
      span.isError = reader.integer() !== 0n;
    },
    meta: (span) => {
      span.tagsFrom = tags.keys.length;
      indexMeta(reader, keys, values, tags, span);
      span.tagsTo = tags.keys.length;
    },
    metrics: (span) => {
      span.metrics = reader.at;
      indexMetrics(reader, keys, span);
    },
    meta_struct: (span) => {
      span.metaStruct = reader.at;
      reader.skip();
    },
    span_links: (span) => {
      span.spanLinks = reader.at;
      reader.skip();
    },
    span_events: (span) => {
      span.spanEvents = reader.at;
      reader.skip();
    },
  };
  const byKey = new Map(Object.entries(members));
  const row = ROW.map((name) => members[name] as Read);
  return {
    tags,
    map() {
      const count = reader.map();
      if (count < 0) return 'found something else, wanted a map';
      const span = emptyPlace();
      for (let i = 0; i < count; i += 1) {
        if (!reader.text()) {
          reader.skip();
          continue;
        }
        const read = byKey.get(keys.find(reader.bytes, reader.textAt, reader.textEnd).text);
        if (read === undefined) reader.skip();
        else read(span);
      }
      return span;
    },
    row() {
      const count = reader.array();
      if (count !== ROW.length) return `found ${count} fields, wanted ${ROW.length}`;
      const span = emptyPlace();
      for (const read of row) read(span);
      return span;
    },
  };
}

function indexMeta(
  reader: MsgpackReader,
  keys: Keys,
  values: Keys,
  tags: TagList,
  span: SpanPlace,
): void {
  const count = reader.map();
  for (let i = 0; i < count; i += 1) {
    if (!reader.text()) {
      reader.skip();
      continue;
    }
    const key = keys.find(reader.bytes, reader.textAt, reader.textEnd);
    const at = reader.at;
    const isText = reader.text();
    addTag(tags, key, isText ? reader.textAt : -1, isText ? reader.textEnd : at);
    if (isText && key.role !== 'plain') noteMeta(reader, values, span, key.role);
  }
}

function addTag(tags: TagList, key: Key, start: number, end: number): void {
  const place = 2 * tags.keys.length;
  if (place === tags.places.length) {
    const places = new Int32Array(2 * place);
    places.set(tags.places);
    tags.places = places;
  }
  tags.places[place] = start;
  tags.places[place + 1] = end;
  tags.keys.push(key);
}

/** Of repeated keys the last one counts. */
function noteMeta(reader: MsgpackReader, values: Keys, span: SpanPlace, role: Role): void {
  switch (role) {
    case 'events':
      span.events = longText(reader);
      return;
    case 'links':
      span.links = longText(reader);
      return;
    case 'errorMessage':
      span.errorMessage = longText(reader);
      return;
    case 'errorStack':
      span.errorStack = longText(reader);
      return;
    case 'errorType':
      span.errorType = longText(reader);
      return;
    case 'plain':
    case 'integer':
    case 'service':
    case 'processId':
      return;
    default:
      span[role] = shortText(reader, values);
  }
}

function indexMetrics(reader: MsgpackReader, keys: Keys, span: SpanPlace): void {
  const count = reader.map();
  for (let i = 0; i < count; i += 1) {
    const isKey = reader.text();
    const role = isKey ? keys.find(reader.bytes, reader.textAt, reader.textEnd).role : 'plain';
    if (role !== 'processId') {
      reader.skip();
      continue;
    }
    const number = reader.number();
    if (number > 0) span.processId = Math.trunc(number);
  }
}

/** Of the texts that many spans share; found by their bytes, so that they are made once. */
function shortText({ bytes, textAt, textEnd }: MsgpackReader, values: Keys): string {
  return values.find(bytes, textAt, textEnd).text;
}

function longText({ bytes, textAt, textEnd }: MsgpackReader): string {
  return bytesToText(bytes, textAt, textEnd);
}
