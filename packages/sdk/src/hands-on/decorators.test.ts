/** `@traced` as it stands in a program, compiled by esbuild: Node knows no decorators, TypeScript 7 has no call for it. */
import { context, trace } from '@opentelemetry/api';
import { transformSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { kept, plain } from '../../test/kept.ts';
import { asyncContext } from '../async-context.ts';
import { traced, traceRoot } from './decorators.ts';

const { provider, exporter } = kept();
beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(asyncContext);
});
afterAll(() => {
  trace.disable();
  context.disable();
});
afterEach(async () => {
  await provider.forceFlush();
  exporter.batches = [];
});

/** Compiles a class, and answers it. */
function compiled<T>(source: string, experimentalDecorators = false): T {
  const tsconfigRaw = { compilerOptions: { experimentalDecorators } };
  const { code } = transformSync(source, { loader: 'ts', target: 'es2022', tsconfigRaw });
  return new Function('traced', 'traceRoot', `${code}; return Orders;`)(traced, traceRoot) as T;
}

async function names(): Promise<string[]> {
  await provider.forceFlush();
  return exporter.spans().map(({ name }) => name);
}

describe('@traced in the standard form', () => {
  it('is for methods that are public, private, static, asynchronous and generators', async () => {
    const Orders = compiled<new () => Record<string, () => unknown>>(`class Orders {
      @traced() plain() { return this.#hidden(); }
      @traced() #hidden() { return 1; }
      @traced() static all() { return 2; }
      @traced() async later() { return 3; }
      @traced() *each() { yield 4; }
      @traced() async *stream() { yield 5; }
    }`);
    const orders = new Orders();
    expect(orders['plain']!()).toBe(1);
    expect((Orders as unknown as { all(): number }).all()).toBe(2);
    expect(await orders['later']!()).toBe(3);
    expect([...(orders['each']!() as Iterable<number>)]).toEqual([4]);
    for await (const value of orders['stream']!() as AsyncIterable<number>) expect(value).toBe(5);
    expect(await names()).toEqual([
      'Orders.#hidden',
      'Orders.plain',
      'Orders.all',
      'Orders.later',
      'Orders.each',
      'Orders.stream',
    ]);
  });

  it('is for getters, setters and accessors', async () => {
    const Orders = compiled<new () => { count: number; open: number }>(`class Orders {
      #count = 1;
      @traced('get count') get count() { return this.#count; }
      @traced('set count') set count(value) { this.#count = value; }
      @traced('open', { attributes: (...args) => ({ args: args.length }) }) accessor open = 7;
    }`);
    const orders = new Orders();
    orders.count += 1;
    orders.open += 1;
    expect([orders.count, orders.open]).toEqual([2, 8]);
    expect(await names()).toEqual(['get count', 'set count', 'open', 'open', 'get count', 'open']);
    const ofOpen = exporter.spans().filter(({ name }) => name === 'open');
    expect(ofOpen.map(({ attributes }) => plain(attributes)['args'])).toEqual([0n, 1n, 0n]);
  });

  it('says where it cannot stand', () => {
    const message = /@traced found the (field x|class Orders), wanted a method or an accessor/;
    expect(() => compiled('class Orders { @traced() x = 1; }')).toThrow(message);
    expect(() => compiled('@traced() class Orders {}')).toThrow(message);
  });
});

describe('@traced in the legacy form', () => {
  it('is for methods, static ones and accessors, with a name and as a root', async () => {
    const source = `class Orders {
      #count = 1;
      @traced() place(id) { return id + 1; }
      @traced('all of them') static all() { return 2; }
      @traceRoot() nightly() { return this.count; }
      @traced() get count() { return this.#count; }
      set count(value) { this.#count = value; }
    }`;
    const Orders = compiled<
      new () => { place(id: number): number; nightly(): number; count: number }
    >(source, true);
    const orders = new Orders();
    expect(orders.place(1)).toBe(2);
    expect((Orders as unknown as { all(): number }).all()).toBe(2);
    orders.count = 5;
    expect(orders.nightly()).toBe(5);
    // A getter and its setter have one descriptor, and so one decorator.
    expect(await names()).toEqual([
      'Orders.place',
      'all of them',
      'Orders.count',
      'Orders.count',
      'Orders.nightly',
    ]);
  });
});
