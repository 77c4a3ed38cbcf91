/**
 * What a translator takes means the same when it is written again and read back: broken captures that were accepted, in
 * OTLP/JSON exactly, and in the forms of Zipkin and Jaeger but for what `docs/reference/protocols.md` says is lost.
 */
import { mendTraces, walkLimits, walkTraces } from '@clew/wire';
import { describe, expect, it } from 'vitest';
import { capturesOf } from '../test/captures.ts';
import { postSpansOf } from '../test/jaeger-spans.ts';
import { type Meaning, meaningOf, textOf } from '../test/meaning.ts';
import { createRandom, mutate } from '../test/mutations.ts';
import { jaegerJson } from './export-jaeger.ts';
import { jaegerSpanMessages } from './export-jaeger-proto.ts';
import { jaegerSpanTexts } from './export-jaeger-span-json.ts';
import { zipkinJson } from './export-zipkin.ts';
import { zipkinSpanLists } from './export-zipkin-proto.ts';
import { jaegerJsonToOtlp } from './jaeger-json.ts';
import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { jaegerSpanOfJson } from './jaeger-span-json.ts';
import { otlpJsonToProtobuf } from './otlp-json.ts';
import type { ForeignRequest } from './protocol.ts';
import { protocols } from './protocols.ts';
import { otlpJson } from './to-otlp-json.ts';
import { zipkinJsonToOtlp } from './zipkin-json.ts';
import { zipkinProtoToOtlp } from './zipkin-proto.ts';

const MUTATIONS = 3000;
const arrivedMs = Date.UTC(2026, 10, 21, 3, 50);
const request: ForeignRequest = { path: '', query: '', header: () => undefined, arrivedMs };
const bytesOf = (text: string) => new TextEncoder().encode(text);

interface Form {
  readonly name: string;
  readonly of: RegExp;
  /** Writes OTLP in the form and reads it back. */
  readonly again: (otlp: Uint8Array) => Uint8Array;
  /** What the form keeps of a span. */
  readonly kept: (span: Meaning) => unknown;
}

const all = (span: Meaning) => span;

const forms: readonly Form[] = [
  {
    name: 'OTLP/JSON',
    of: /./,
    again: (otlp) => otlpJsonToProtobuf(otlpJson(otlp)),
    kept: all,
  },
  {
    name: 'Zipkin JSON',
    of: /^zipkin/,
    again: (otlp) => zipkinJsonToOtlp(bytesOf(zipkinJson(otlp)), arrivedMs),
    kept: keptByZipkin,
  },
  {
    name: 'Zipkin protobuf',
    of: /^zipkin/,
    again: (otlp) => zipkinProtoToOtlp(Buffer.concat([...zipkinSpanLists(otlp)]), arrivedMs, false),
    kept: keptByZipkin,
  },
  {
    name: "Jaeger's protobuf",
    of: /^jaeger/,
    again: (otlp) =>
      jaegerPostSpansToOtlp(postSpansOf([...jaegerSpanMessages(otlp)].map(({ value }) => value))),
    kept: all,
  },
  {
    name: "Jaeger's protobuf as JSON",
    of: /^jaeger/,
    again: (otlp) => {
      const texts = [...jaegerSpanTexts(otlp)].map(({ value }) => bytesOf(value));
      return jaegerPostSpansToOtlp(postSpansOf(texts.map(jaegerSpanOfJson)));
    },
    kept: all,
  },
  {
    name: "the JSON of Jaeger's user interface",
    // It has microseconds, and what comes over gRPC nanoseconds.
    of: /^jaeger-(thrift|compact|binary)/,
    again: (otlp) => jaegerJsonToOtlp(jaegerJson(otlp)),
    kept: all,
  },
];

/** Microseconds, a duration of at least one, and attributes as text. */
function keptByZipkin({ attributes, ...span }: Meaning) {
  const texts = Object.entries(attributes).map(([key, any]) => {
    const value = 'value' in any ? any.value : null;
    return [key, typeof value === 'object' ? textOf(value) : String(value)];
  });
  return {
    ...span,
    attributes: texts,
    endTimeUnixNano:
      span.endTimeUnixNano > span.startTimeUnixNano + 1000n
        ? span.endTimeUnixNano
        : span.startTimeUnixNano + 1000n,
  };
}

/**
 * Names of tags that mean more than themselves where their values fit. One whose value did not fit became an attribute, and
 * a text of that name when it is written again.
 */
const TELLING = /^(otel\.|span\.kind$|error$|event$|message$|hostname$|w3c\.tracestate$)/;

function isTelling({ attributes, events, resource }: Meaning): boolean {
  const keys = [attributes, resource, ...events.map((event) => event.attributes)].flatMap(
    Object.keys,
  );
  return keys.some((key) => TELLING.test(key));
}

const rows = protocols.filter(({ name }) => capturesOf(name).length > 0);

describe.each(rows)('$name', ({ name, translate }) => {
  const own = forms.filter(({ of }) => of.test(name));

  it.each(own)('as $name', ({ again, kept }) => {
    const random = createRandom(7);
    const captures = capturesOf(name);
    let taken = 0;
    for (let n = 0; n < MUTATIONS; n += 1) {
      const otlp = accepted(translate, mutate(captures[n % captures.length]!, random));
      if (otlp === undefined) continue;
      taken += 1;
      const before = meaningOf(otlp);
      const after = meaningOf(again(otlp));
      expect(after).toHaveLength(before.length);
      for (const [at, span] of before.entries()) {
        if (!isTelling(span)) expect(kept(after[at]!)).toEqual(kept(span));
      }
    }
    expect(taken).toBeGreaterThan(MUTATIONS / 100);
  });
});

/** What is stored of it, or undefined where it is refused. */
function accepted(
  translate: (typeof rows)[number]['translate'],
  bytes: Uint8Array,
): Uint8Array | undefined {
  let otlp: Uint8Array;
  try {
    ({ otlp } = translate(bytes, request));
  } catch {
    return undefined;
  }
  const { verdict } = walkTraces(otlp, walkLimits, arrivedMs);
  return verdict === 'mend' ? mendTraces(otlp, walkLimits, arrivedMs).bytes : otlp;
}
