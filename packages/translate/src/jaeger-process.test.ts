import { createWriter } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, it } from 'vitest';
import { batch, message, protoSpan, readAll, type Tags } from '../test/jaeger-spans.ts';
import { binaryStruct } from '../test/thrift-writer.ts';
import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { jaegerBatchToOtlp } from './jaeger-thrift.ts';

describe('a process', () => {
  const resource = (service: string, tags: Tags) =>
    Object.fromEntries(
      (readAll([{}], service, tags)[0]?.resource?.attributes ?? []).map(({ key, value }) => [
        key,
        'value' in value ? value.value : null,
      ]),
    );

  it('is the resource', () => {
    expect(
      resource('shop', [
        ['hostname', 'a1'],
        ['jaeger.version', 'Go-2.30'],
        ['n', 1n],
      ]),
    ).toEqual({
      'service.name': 'shop',
      'host.name': 'a1',
      'jaeger.version': 'Go-2.30',
      n: 1n,
    });
  });

  it('keeps both names of its host when it has both', () => {
    const tags: Tags = [
      ['hostname', 'a1'],
      ['host.name', 'b2'],
    ];
    expect(resource('shop', tags)).toEqual({
      'service.name': 'shop',
      hostname: 'a1',
      'host.name': 'b2',
    });
  });

  it.each(['', 'OTLPResourceNoServiceName'])('called %j has no name', (service) => {
    expect(resource(service, [])).toEqual({});
  });

  it('behind its spans is theirs all the same', () => {
    const [process, spans] = batch([{}, {}]);
    const bytes = binaryStruct([spans!, process!]);
    expect(decodeTraces(jaegerBatchToOtlp(bytes))).toEqual(
      decodeTraces(jaegerBatchToOtlp(binaryStruct([process!, spans!]))),
    );
  });

  it('of a single span groups it apart', () => {
    const to = createWriter();
    message(to, 1, () => {
      message(to, 1, () => protoSpan(to, {}));
      message(to, 1, () => {
        protoSpan(to, { id: 8n });
        message(to, 10, () => to.string(1, 'other'));
      });
      message(to, 2, () => to.string(1, 'shop'));
    });
    const { resourceSpans } = decodeTraces(jaegerPostSpansToOtlp(to.finish()));
    expect(resourceSpans.map(({ scopeSpans }) => scopeSpans[0]?.spans.length)).toEqual([1, 1]);
  });
});
