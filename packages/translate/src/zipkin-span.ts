/**
 * A Zipkin span → an OTLP span, written straight to bytes.
 *
 * Never knows: in which encoding it came.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 */

import type { Writer } from '@clew/wire';
import { hexInto } from './hex-into.ts';
import { writeMicroseconds } from './microseconds.ts';
import {
  writeBoolAttribute,
  writeCountAttribute,
  writeJsonAttributes,
  writeTextAttribute,
} from './otlp-attributes.ts';
import type { OtlpGroups } from './otlp-groups.ts';
import { readEventText, readLinkText } from './zipkin-annotation.ts';
import { boolOf, countOf, listOf, objectOf, type Path, textOf } from './zipkin-fields.ts';
import type { ZipkinSpan } from './zipkin-model.ts';
import { createSortedTags, type SortedTags, sortTags } from './zipkin-tags.ts';

const KINDS = new Map([
  ['SERVER', 2],
  ['CLIENT', 3],
  ['PRODUCER', 4],
  ['CONSUMER', 5],
]);
const INTERNAL = 1;
const OK = 1;
const ERROR = 2;

/** One byte is no id of any kind, so the walk over the result rejects the span and no other. */
const NO_ID = new Uint8Array(1);

export interface ZipkinWriter {
  /** Writes one span. @throws TranslateError with the path of a member of a wrong type. */
  write(span: ZipkinSpan, path: Path): void;
}

/** @param arrivedMs the start of spans that do not say when they were. */
export function createZipkinWriter(groups: OtlpGroups, arrivedMs: number): ZipkinWriter {
  const traceId = new Uint8Array(16);
  const spanId = new Uint8Array(8);
  const sorted = createSortedTags();
  return {
    write(span, path) {
      sortTags(sorted, objectOf(span.tags, path, 'tags'), path);
      const local = readEndpoint(span.localEndpoint, path, 'localEndpoint');
      const to = groupOf(groups, local.serviceName, sorted);
      const mark = to.begin(2);
      writeId(to, 1, textOf(span.traceId, path, 'traceId'), traceId);
      const id = textOf(span.id, path, 'id');
      writeId(to, 2, id, spanId);
      const parent = textOf(span.parentId, path, 'parentId');
      // Zipkin's own instrumentation once named itself its parent.
      if (parent !== '' && parent !== id) writeId(to, 4, parent, spanId);
      writeKind(to, textOf(span.kind, path, 'kind'), sorted);
      const name = textOf(span.name, path, 'name');
      if (name !== '') to.string(5, name);
      const startUs = writeTimes(to, span, path, arrivedMs);
      writeAttributes(to, span, path, sorted, local);
      writeEvents(to, span, path, startUs);
      writeStatus(to, sorted);
      to.end(mark);
    },
  };
}

interface Endpoint {
  readonly serviceName: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly port: number;
}

const NOWHERE: Endpoint = { serviceName: '', ipv4: '', ipv6: '', port: 0 };

function readEndpoint(value: unknown, path: Path, name: string): Endpoint {
  const endpoint = objectOf(value, path, name);
  if (endpoint === undefined) return NOWHERE;
  const there = () => `${path()}.${name}`;
  return {
    serviceName: textOf(endpoint['serviceName'], there, 'serviceName'),
    ipv4: textOf(endpoint['ipv4'], there, 'ipv4'),
    ipv6: textOf(endpoint['ipv6'], there, 'ipv6'),
    port: countOf(endpoint['port'], there, 'port') ?? 0,
  };
}

/** Spans of one service and the same resource tags share a resource. */
function groupOf(groups: OtlpGroups, serviceName: string, sorted: SortedTags): Writer {
  const { resource, scope } = sorted;
  const key =
    resource.length === 0 ? serviceName : `${serviceName}\u0000${resource.join('\u0000')}`;
  return groups.spansOf(key, scope, (to) => {
    if (serviceName !== '') writeTextAttribute(to, 1, 'service.name', serviceName);
    for (let i = 0; i < resource.length; i += 2) {
      // The endpoint says who it was; a tag of that name only speaks where it does not.
      if (resource[i] === 'service.name' && serviceName !== '') continue;
      writeTextAttribute(to, 1, resource[i]!, resource[i + 1]!);
    }
  });
}

function writeId(to: Writer, field: number, hex: string, scratch: Uint8Array): void {
  to.bytes(field, hexInto(hex, scratch) ? scratch : NO_ID);
}

function writeKind(to: Writer, kind: string, { isInternal }: SortedTags): void {
  const number = kind === '' && isInternal ? INTERNAL : KINDS.get(kind);
  if (number !== undefined) to.varint(6, number);
  else if (kind !== '') writeTextAttribute(to, 9, 'zipkin.kind', kind);
}

/**
 * A span may be reported before it is known how long it took, or only with what happened in it. Without any time
 * it was when it arrived. Returns its start in microseconds.
 */
function writeTimes(to: Writer, span: ZipkinSpan, path: Path, arrivedMs: number): number {
  const durationUs = countOf(span.duration, path, 'duration') ?? 0;
  let startUs = countOf(span.timestamp, path, 'timestamp') ?? 0;
  if (startUs === 0) {
    startUs = firstAnnotationUs(span, path) ?? arrivedMs * 1000 - durationUs;
    writeBoolAttribute(to, 9, 'otel.zipkin.absentField.startTime', true);
  }
  writeMicroseconds(to, 7, startUs);
  writeMicroseconds(to, 8, startUs + durationUs);
  return startUs;
}

function firstAnnotationUs(span: ZipkinSpan, path: Path): number | undefined {
  let first: number | undefined;
  for (const [place, each] of listOf(span.annotations, path, 'annotations').entries()) {
    const there = () => `${path()}.annotations[${place}]`;
    const annotation = objectOf(each, path, `annotations[${place}]`);
    const us = countOf(annotation?.['timestamp'], there, 'timestamp') ?? 0;
    if (us > 0 && (first === undefined || us < first)) first = us;
  }
  return first;
}

function writeAttributes(
  to: Writer,
  span: ZipkinSpan,
  path: Path,
  sorted: SortedTags,
  local: Endpoint,
): void {
  const { attributes } = sorted;
  for (let i = 0; i < attributes.length; i += 2) {
    writeTextAttribute(to, 9, attributes[i]!, attributes[i + 1]!);
  }
  if (local !== NOWHERE) writeAddress(to, 'local', local, attributes);
  const remote = readEndpoint(span.remoteEndpoint, path, 'remoteEndpoint');
  if (remote !== NOWHERE) {
    writeUnlessTag(to, 'peer.service', remote.serviceName, attributes);
    writeAddress(to, 'peer', remote, attributes);
  }
  if (boolOf(span.shared, path, 'shared')) writeBoolAttribute(to, 9, 'zipkin.shared', true);
  if (boolOf(span.debug, path, 'debug')) writeBoolAttribute(to, 9, 'zipkin.debug', true);
  if (sorted.traceState !== '') to.string(3, sorted.traceState);
  if (sorted.droppedAttributes > 0) to.varint(10, sorted.droppedAttributes);
  if (sorted.droppedEvents > 0) to.varint(12, sorted.droppedEvents);
  if (sorted.droppedLinks > 0) to.varint(14, sorted.droppedLinks);
  for (const link of sorted.links) writeLink(to, link);
}

/** An endpoint may have both addresses; OpenTelemetry has room for one, and the other keeps Zipkin's name. */
function writeAddress(
  to: Writer,
  side: 'local' | 'peer',
  { ipv4, ipv6, port }: Endpoint,
  tags: readonly string[],
): void {
  writeUnlessTag(to, `network.${side}.address`, ipv4 || ipv6, tags);
  if (ipv4 !== '') writeUnlessTag(to, `zipkin.${side}.ipv6`, ipv6, tags);
  if (port > 0 && !hasTag(tags, `network.${side}.port`)) {
    writeCountAttribute(to, 9, `network.${side}.port`, port);
  }
}

/** A tag of the same key is what the application said, and stays. */
function writeUnlessTag(to: Writer, key: string, text: string, tags: readonly string[]): void {
  if (text !== '' && !hasTag(tags, key)) writeTextAttribute(to, 9, key, text);
}

function hasTag(tags: readonly string[], key: string): boolean {
  for (let i = 0; i < tags.length; i += 2) if (tags[i] === key) return true;
  return false;
}

function writeLink(to: Writer, text: string): void {
  const link = readLinkText(text);
  if (link === undefined) {
    writeTextAttribute(to, 9, 'otlp.link', text);
    return;
  }
  const mark = to.begin(13);
  writeId(to, 1, link.traceId, new Uint8Array(16));
  writeId(to, 2, link.spanId, new Uint8Array(8));
  if (link.traceState !== '') to.string(3, link.traceState);
  writeJsonAttributes(to, 4, link.attributes);
  if (link.droppedAttributes > 0) to.varint(5, link.droppedAttributes);
  to.end(mark);
}

function writeEvents(to: Writer, span: ZipkinSpan, path: Path, startUs: number): void {
  const annotations = listOf(span.annotations, path, 'annotations');
  for (let i = 0; i < annotations.length; i += 1) {
    const there = () => `${path()}.annotations[${i}]`;
    const annotation = objectOf(annotations[i], path, `annotations[${i}]`);
    if (annotation === undefined) continue;
    const timeUs = countOf(annotation['timestamp'], there, 'timestamp') || startUs;
    const event = readEventText(textOf(annotation['value'], there, 'value'));
    const mark = to.begin(11);
    writeMicroseconds(to, 1, timeUs);
    if (event.name !== '') to.string(2, event.name);
    if (event.attributes !== undefined) writeJsonAttributes(to, 3, event.attributes);
    if (event.droppedAttributes > 0) to.varint(4, event.droppedAttributes);
    to.end(mark);
  }
}

/** To Zipkin a span with a tag `error` failed, whatever it says; what it says is the message. */
function writeStatus(to: Writer, sorted: SortedTags): void {
  const { statusCode, statusDescription, error } = sorted;
  const isError = error !== undefined || statusCode === 'ERROR';
  const says = error === undefined || /^(true|false|)$/i.test(error) ? '' : error;
  const message = statusDescription || says;
  if (says !== '' && statusDescription !== '' && says !== statusDescription) {
    writeTextAttribute(to, 9, 'error', says);
  }
  if (!isError && statusCode !== 'OK') {
    if (message !== '') writeTextAttribute(to, 9, 'otel.status_description', message);
    return;
  }
  const mark = to.begin(15);
  if (message !== '') to.string(2, message);
  to.varint(3, isError ? ERROR : OK);
  to.end(mark);
}
