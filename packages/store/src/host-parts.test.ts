/** The parts of the engine host that are pure: finding placeholders, writing literals, reading requests. */
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';

const { placeholders } = await import(new URL('../host/placeholders.mjs', import.meta.url).href);
const { literal } = await import(new URL('../host/literal.mjs', import.meta.url).href);
const { readRequest } = await import(new URL('../host/read-request.mjs', import.meta.url).href);

describe('placeholders', () => {
  test.each([
    ['select {a:String}, { b : Array(UInt64) }, {a:String}', ['a', 'b']],
    ["select '{no:String}', 'it''s {no:String}', '\\'{no:String}'", []],
    ['select `{no:String}`, "{no:String}", {yes:UInt8}', ['yes']],
    ['-- {no:String}\nselect /* {no:String} */ {yes:UInt8}', ['yes']],
    ['select $$ {no:String} $$, $x$ {no:String} $x$, {yes:UInt8}', ['yes']],
    ["select map('k', 1), {t_1:Map(String, String)}", ['t_1']],
  ])('of %s', (text, names) => {
    expect([...placeholders(text)]).toEqual(names);
  });
});

test('a literal cannot be left by its value', () => {
  expect(literal("a'b\\c\nd\te\0")).toBe("'a\\'b\\\\c\\nd\\te\\0'");
  expect(literal("\\'; drop table spans; --")).toBe("'\\\\\\'; drop table spans; --'");
});

describe('a request', () => {
  const read = (url: string, body = '', spool = refuseSpool) =>
    readRequest(Object.assign(Readable.from([Buffer.from(body)]), { url }), 100, spool);
  const refuseSpool = () => Promise.reject(new Error('not expected'));

  test('carries the statement in the body or in the URL, and rows behind it', async () => {
    expect((await read('/', 'select 1')).text).toBe('select 1');
    expect((await read('/?query=select+1')).text).toBe('select 1');
    const insert = await read('/?query=insert+into+t+format+JSONEachRow', '{"a":1}');
    expect(insert).toMatchObject({
      text: 'insert into t format JSONEachRow\n{"a":1}',
      lane: 'load',
    });
  });

  test('carries parameters and settings that are on the list, and no others', async () => {
    const call = await read(
      '/?param_p1=x&max_threads=1&database=clew&query_id=q',
      'select {p1:String}',
    );
    expect(call).toMatchObject({ database: 'clew', queryId: 'q', lane: 'query' });
    expect(call.params).toEqual(new Map([['p1', 'x']]));
    expect(call.settings).toEqual(new Map([['max_threads', '1']]));
    await expect(read('/?max_treads=1')).rejects.toMatchObject({ code: 115 });
    await expect(read('/?param_a%20b=1')).rejects.toMatchObject({ code: 115 });
  });

  test('is refused when its body is too large', async () => {
    await expect(read('/', 'x'.repeat(101))).rejects.toMatchObject({ code: 307 });
  });

  test('that streams into input() reads from a file instead', async () => {
    const query =
      "insert into t select a from input('a String, b Enum8(\\'x\\'=1)')\nformat Protobuf";
    const spool = async () => ({
      path: '/s',
      source: (structure: string) => `file('/s', ${structure})`,
    });
    const call = await read(`/?query=${encodeURIComponent(query)}`, 'bytes', spool as never);
    expect(call.text.trim()).toBe(
      "insert into t select a from file('/s', 'a String, b Enum8(\\'x\\'=1)')",
    );
    expect(call).toMatchObject({ spooled: '/s', lane: 'load' });
  });
});
