/**
 * A span that records. Flat fields in a fixed order, nothing made before it is needed; what readers
 * of the stock SDK expect is made when they ask, and from then on belongs to them: the encoder reads
 * what they may have changed. Never knows: samplers and exporters.
 *
 * Source of the rules: https://opentelemetry.io/docs/specs/otel/trace/api/#span
 */

import {
  type Attributes,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import { AttributeList, giveBack, takeList } from './attribute-list.ts';
import { acceptValue, nameOf } from './attribute-value.ts';
import { hrTimeOf, momentOf, NS_PER_MS } from './clock.ts';
import { exceptionAttributes } from './exception.ts';
import { hexOfWords } from './ids.ts';
import type { LocalTrace } from './local-trace.ts';
import type { Pipeline } from './pipeline.ts';
import { readLink, readStatus } from './read-given.ts';
import type { ReadableSpan, Scope, TimedEvent } from './readable-span.ts';
import type { Resource } from './resource.ts';

export interface SpanEvent {
  readonly ms: number;
  readonly ns: number;
  readonly name: string;
  readonly list: AttributeList | undefined;
}

export interface SpanLink {
  readonly context: SpanContext;
  readonly list: AttributeList | undefined;
}

export class RecordingSpan implements Span, ReadableSpan {
  declare readonly trace: LocalTrace;
  declare readonly s0: number;
  declare readonly s1: number;
  /** The parent's span id; both zero when there is none. */
  declare readonly p0: number;
  declare readonly p1: number;
  declare readonly isSampled: boolean;
  declare readonly scope: Scope;
  declare readonly pipeline: Pipeline;
  /** The parent's context as it was given: remote, or of another SDK. */
  declare readonly foreignParent: SpanContext | undefined;
  declare name: string;
  declare kind: SpanKind;
  declare startMs: number;
  declare startNs: number;
  declare endMs: number;
  declare endNs: number;
  declare ended: boolean;
  declare code: SpanStatusCode;
  declare list: AttributeList | undefined;
  declare context: SpanContext | undefined;
  /** What most spans never have. */
  declare more: More | undefined;

  constructor(
    trace: LocalTrace,
    s0: number,
    s1: number,
    p0: number,
    p1: number,
    isSampled: boolean,
    scope: Scope,
    pipeline: Pipeline,
    foreignParent: SpanContext | undefined,
    name: string,
    kind: SpanKind,
  ) {
    this.trace = trace;
    this.s0 = s0;
    this.s1 = s1;
    this.p0 = p0;
    this.p1 = p1;
    this.isSampled = isSampled;
    this.scope = scope;
    this.pipeline = pipeline;
    this.foreignParent = foreignParent;
    this.name = name;
    this.kind = kind;
    this.startMs = 0;
    this.startNs = 0;
    this.endMs = 0;
    this.endNs = 0;
    this.ended = false;
    this.code = SpanStatusCode.UNSET;
    this.list = undefined;
    this.context = undefined;
    this.more = undefined;
  }

  spanContext(): SpanContext {
    this.context ??= {
      traceId: this.trace.traceId,
      spanId: hexOfWords(this.s0, this.s1),
      traceFlags: this.flags,
      ...(this.trace.traceState === undefined ? {} : { traceState: this.trace.traceState }),
    };
    return this.context;
  }

  get flags(): number {
    return this.trace.random | (this.isSampled ? 1 : 0);
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: unknown): this {
    if (this.ended) return this.#late('setAttribute');
    if (typeof key !== 'string' || key === '') {
      diag.warn(`attribute of span "${this.name}": found no key, wanted text`);
      return this;
    }
    const { limits } = this.pipeline;
    const accepted = acceptValue(key, value, limits);
    if (accepted === undefined) return this;
    if (this.list === undefined) this.list = takeList();
    if (!this.list.set(key, accepted, limits.attributeCountLimit) && this.list.dropped === 1) {
      diag.warn(`span "${this.name}": more than ${limits.attributeCountLimit} attributes; dropped`);
    }
    const made = this.more?.attributes;
    if (made !== undefined) made[key] = accepted as never;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    try {
      for (const key in attributes) this.setAttribute(key, attributes[key]);
    } catch (error) {
      this.#unreadable('setAttributes', error);
    }
    return this;
  }

  addEvent(name: string, second?: Attributes | TimeInput, third?: TimeInput): this {
    if (this.ended) return this.#late('addEvent');
    const isTime = typeof second === 'number' || Array.isArray(second) || second instanceof Date;
    const { limits } = this.pipeline;
    this.more ??= new More();
    const { more } = this;
    if ((more.eventList?.length ?? 0) >= limits.eventCountLimit) {
      more.droppedEvents += 1;
      return this;
    }
    const { ms, ns } = this.moment(isTime ? (second as TimeInput) : third);
    const attributes = isTime ? undefined : (second as Attributes | undefined);
    const list = this.#listOf(attributes, limits.attributePerEventCountLimit);
    more.eventList ??= [];
    more.eventList.push({ ms, ns, name: nameOf(name), list });
    more.events = undefined;
    return this;
  }

  addLink(link: Link): this {
    if (this.ended) return this.#late('addLink');
    const { limits } = this.pipeline;
    const read = readLink(link);
    if (read === undefined) return this;
    this.more ??= new More();
    const { more } = this;
    if ((more.linkList?.length ?? 0) >= limits.linkCountLimit) {
      more.droppedLinks += 1;
      return this;
    }
    const list = this.#listOf(read.attributes, limits.attributePerLinkCountLimit);
    more.linkList ??= [];
    more.linkList.push({ context: read.context, list });
    more.links = undefined;
    return this;
  }

  addLinks(links: Link[]): this {
    try {
      for (const link of links ?? []) this.addLink(link);
    } catch (error) {
      this.#unreadable('addLinks', error);
    }
    return this;
  }

  /** Ok is final, Unset changes nothing, only Error keeps a description. */
  setStatus(status: SpanStatus): this {
    if (this.ended) return this.#late('setStatus');
    const { code, message } = readStatus(status);
    if (code !== SpanStatusCode.OK && code !== SpanStatusCode.ERROR) return this;
    if (this.code === SpanStatusCode.OK) return this;
    this.code = code;
    const isKept = code === SpanStatusCode.ERROR && typeof message === 'string' && message !== '';
    if (isKept) this.more ??= new More();
    if (this.more !== undefined) {
      this.more.message = isKept ? message : undefined;
      this.more.status = undefined;
    }
    return this;
  }

  updateName(name: string): this {
    if (this.ended) return this.#late('updateName');
    this.name = nameOf(name);
    return this;
  }

  recordException(exception: Exception, second?: TimeInput | Attributes, third?: TimeInput): void {
    const isTime = typeof second === 'number' || Array.isArray(second) || second instanceof Date;
    const given = isTime ? undefined : (second as Attributes | undefined);
    const attributes = { ...exceptionAttributes(exception), ...given };
    this.addEvent('exception', attributes, isTime ? (second as TimeInput) : third);
  }

  end(time?: TimeInput): void {
    if (this.ended) {
      this.#late('end');
      return;
    }
    if (time === undefined) {
      const now = this.trace.now();
      this.endMs = Math.floor(now);
      this.endNs = ((now - this.endMs) * NS_PER_MS) | 0;
    } else {
      const { ms, ns } = this.moment(time);
      this.endMs = ms;
      this.endNs = ns;
    }
    if (this.endMs < this.startMs || (this.endMs === this.startMs && this.endNs < this.startNs)) {
      if (time !== undefined) diag.warn(`span "${this.name}" ends before it starts; took no time`);
      this.endMs = this.startMs;
      this.endNs = this.startNs;
    }
    this.pipeline.ending(this);
    this.ended = true;
    this.pipeline.ended(this);
    if (!this.pipeline.keepsSpans) this.#forget();
  }

  moment(time: TimeInput | undefined) {
    if (this.trace.anchor === 0) this.trace.now();
    return momentOf(time, this.trace.anchor);
  }

  /** A context that outlives its span must not keep the content that was already encoded. */
  #forget(): void {
    if (this.list !== undefined) giveBack(this.list);
    this.list = undefined;
    this.more = undefined;
  }

  #listOf(attributes: Attributes | undefined, countMax: number): AttributeList | undefined {
    if (attributes === undefined || attributes === null) return undefined;
    const list = new AttributeList();
    try {
      for (const key in attributes) {
        const value = acceptValue(key, attributes[key], this.pipeline.limits);
        if (value !== undefined && key !== '') list.set(key, value, countMax);
      }
    } catch (error) {
      this.#unreadable('attributes', error);
    }
    return list;
  }

  /** What the application gave throws when it is read: that part is left out, and nothing thrown on. */
  #unreadable(what: string, error: unknown): void {
    diag.warn(`${what} of span "${this.name}": found what cannot be read; left out`, error);
  }

  #late(what: string): this {
    diag.debug(`${what} on span "${this.name}" that has ended; ignored`);
    return this;
  }

  // What follows is the span as readers of the stock SDK see it.

  get resource(): Resource {
    return this.pipeline.resource;
  }
  get instrumentationScope(): Scope {
    return this.scope;
  }
  get instrumentationLibrary(): Scope {
    return this.scope;
  }
  get parentSpanContext(): SpanContext | undefined {
    if (this.foreignParent !== undefined || (this.p0 === 0 && this.p1 === 0)) {
      return this.foreignParent;
    }
    const { traceId, random } = this.trace;
    return { traceId, spanId: hexOfWords(this.p0, this.p1), traceFlags: random | 1 };
  }
  get parentSpanId(): string | undefined {
    return this.parentSpanContext?.spanId;
  }
  get startTime(): HrTime {
    return hrTimeOf(this.startMs, this.startNs);
  }
  get endTime(): HrTime {
    return hrTimeOf(this.endMs, this.endNs);
  }
  get duration(): HrTime {
    if (this.endMs === 0) return [-1, -1];
    const borrow = this.endNs < this.startNs ? 1 : 0;
    return hrTimeOf(
      this.endMs - this.startMs - borrow,
      this.endNs - this.startNs + borrow * NS_PER_MS,
    );
  }
  get droppedAttributesCount(): number {
    return this.list?.dropped ?? 0;
  }
  get droppedEventsCount(): number {
    return this.more?.droppedEvents ?? 0;
  }
  get droppedLinksCount(): number {
    return this.more?.droppedLinks ?? 0;
  }
  get attributes(): Attributes {
    this.more ??= new More();
    this.more.attributes ??= (this.list?.toObject() ?? {}) as Attributes;
    return this.more.attributes;
  }
  set attributes(attributes: Attributes) {
    this.more ??= new More();
    this.more.attributes = attributes;
  }
  get status(): SpanStatus {
    this.more ??= new More();
    const { message } = this.more;
    this.more.status ??= message === undefined ? { code: this.code } : { code: this.code, message };
    return this.more.status;
  }
  set status(status: SpanStatus) {
    this.more ??= new More();
    this.more.status = status;
  }
  get events(): TimedEvent[] {
    this.more ??= new More();
    this.more.events ??= (this.more.eventList ?? []).map(({ ms, ns, name, list }) => ({
      time: hrTimeOf(ms, ns),
      name,
      attributes: (list?.toObject() ?? {}) as Attributes,
      droppedAttributesCount: list?.dropped ?? 0,
    }));
    return this.more.events;
  }
  get links(): Link[] {
    this.more ??= new More();
    this.more.links ??= (this.more.linkList ?? []).map(({ context, list }) => ({
      context,
      attributes: (list?.toObject() ?? {}) as Attributes,
      droppedAttributesCount: list?.dropped ?? 0,
    }));
    return this.more.links;
  }
}

/** Events, links, a message; and what readers got and may have changed. */
export class More {
  eventList: SpanEvent[] | undefined = undefined;
  linkList: SpanLink[] | undefined = undefined;
  droppedEvents = 0;
  droppedLinks = 0;
  message: string | undefined = undefined;
  attributes: Attributes | undefined = undefined;
  status: SpanStatus | undefined = undefined;
  events: TimedEvent[] | undefined = undefined;
  links: Link[] | undefined = undefined;
}
