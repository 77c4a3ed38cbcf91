import { describe, expect, it } from 'vitest';
import { createStyle } from './style.ts';
import { columns } from './text.ts';
import { type OtlpTrace, traceRows } from './trace-rows.ts';
import { waterfall } from './waterfall.ts';

const START = 1_770_000_000_000_000_000n;
const at = (ms: number) => String(START + BigInt(Math.round(ms * 1e6)));
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

interface Given {
  id: string;
  parent?: string;
  name: string;
  from: number;
  to: number;
  more?: object;
}

function service(name: string, spans: Given[]) {
  return {
    resource: { attributes: [text('service.name', name)] },
    scopeSpans: [
      {
        spans: spans.map(({ id, parent = '', name: spanName, from, to, more = {} }) => ({
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: id,
          parentSpanId: parent,
          name: spanName,
          startTimeUnixNano: at(from),
          endTimeUnixNano: at(to),
          ...more,
        })),
      },
    ],
  };
}

const exception = {
  timeUnixNano: at(2100),
  name: 'exception',
  attributes: [
    text('exception.type', 'ConnectionReset'),
    text('exception.message', 'card-db\nleft'),
  ],
};

const checkout: OtlpTrace = {
  resourceSpans: [
    service('frontend', [{ id: '01', name: 'POST /checkout', from: 0, to: 2200 }]),
    service('cart', [
      { id: '02', parent: '01', name: 'GET /carts/{user}', from: 40, to: 140 },
      {
        id: '03',
        parent: '02',
        name: 'HGETALL cart',
        from: 45,
        to: 46,
        more: { events: [{ timeUnixNano: at(45), name: 'cache.hit' }] },
      },
    ]),
    service('payment', [
      {
        id: '04',
        parent: '01',
        name: 'POST /charges',
        from: 150,
        to: 2150,
        more: { status: { code: 2, message: 'card database' }, events: [exception] },
      },
      {
        id: '05',
        parent: '04',
        name: 'SELECT card_tokens',
        from: 160,
        to: 2100,
        more: { links: [{ traceId: 'aa'.repeat(16), spanId: '09' }] },
      },
    ]),
    service('mailer', [{ id: '06', parent: 'ff', name: 'send mail', from: 2190, to: 2195 }]),
  ],
};

const options = {
  width: 90,
  style: createStyle(false, false),
  looks: new Map<string, number>(),
  pageUrl: 'http://127.0.0.1:16686/trace/5b8e',
  linkedUrl: (id: string) => `http://127.0.0.1:16686/trace/${id}`,
  rowsMax: 100,
};

describe('waterfall', () => {
  it('draws tree, bars, durations, errors, events, links and missing parents', () => {
    expect(`\n${waterfall(traceRows(checkout), options)}`).toMatchInlineSnapshot(`
      "
      frontend · POST /checkout
      2.20 s · 6 spans · 4 services · 1 error ✕ · 2026-02-02T02:40:00.000Z
      http://127.0.0.1:16686/trace/5b8e
      ■ frontend  ■ cart  ■ payment  ■ mailer

                                       0                  1.10 s              2.20 s
      frontend POST /checkout          █████████████████████████████████████████████     2.20 s
      ├─ cart GET /carts/{user}        ▐█▊                                               100 ms
      │  └─ cart HGETALL cart          ◆                                                1.00 ms
      │        ◆ cache.hit at 45.0 ms
      └─ payment POST /charges       ✕    ███████████████████████████████████████✕▉      2.00 s
         │  ✕ card database
         │  ✕ exception ConnectionReset: card-db left at 2.10 s
         └─ payment SELECT card_tokens    ███████████████████████████████████████▉       1.94 s
               ↗ linked to trace aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      mailer send mail                                                             ▏    5.00 ms
         ! its parent has not arrived
      "
    `);
  });

  it('cuts to narrow terminals without breaking a line', () => {
    const lines = waterfall(traceRows(checkout), { ...options, width: 50 }).split('\n');
    const body = lines.slice(lines.indexOf('') + 1).filter((line) => !line.includes('↗'));
    for (const line of body) expect(columns(line)).toBeLessThanOrEqual(50);
  });

  it('counts what is beyond --rows', () => {
    const picture = waterfall(traceRows(checkout), { ...options, rowsMax: 2 });
    expect(picture).toContain('… 4 more spans; --rows 6 prints all');
  });

  it('colours by the look of the service and marks errors red, resets included', () => {
    const looks = new Map([['payment', 4]]);
    const style = createStyle(true, true);
    const picture = waterfall(traceRows(checkout), { ...options, style, looks });
    expect(picture).toContain('\u001b[38;5;30mpayment\u001b[39m');
    expect(picture).toContain('\u001b[31m');
    expect(picture).toContain('\u001b]8;;http://127.0.0.1:16686/trace/5b8e\u001b\\');
  });

  it('survives cycles, duplicates, very deep traces and hostile names', () => {
    const cyclic = service('a', [
      { id: '01', parent: '02', name: 'x', from: 0, to: 1 },
      { id: '02', parent: '01', name: 'y\u001b[31m\nz', from: 0, to: 1 },
      { id: '02', parent: '01', name: 'y', from: 0, to: 1 },
    ]);
    const rows = traceRows({ resourceSpans: [cyclic] });
    expect(rows.rows).toHaveLength(3);
    const picture = waterfall(rows, options);
    expect(picture).not.toContain('\u001b');
    const deep = Array.from({ length: 50_000 }, (_, n) => ({
      id: String(n + 1),
      parent: n === 0 ? '' : String(n),
      name: 'deep',
      from: n,
      to: 50_000,
    }));
    expect(traceRows({ resourceSpans: [service('a', deep)] }).rows).toHaveLength(50_000);
  });

  it('draws a trace of one instant', () => {
    const one = service('a', [{ id: '01', name: 'tick', from: 0, to: 0 }]);
    expect(waterfall(traceRows({ resourceSpans: [one] }), options)).toContain('a tick');
  });
});
