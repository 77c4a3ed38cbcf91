import { appendFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { otlpJson } from '@clew/translate';
import { encodeTraces } from '@clew/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Rig, startRig } from '../../test/rig.ts';

let folder: string;
let rig: Rig;
let made = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-watch-'));
  rig = await startRig(settings());
});

afterEach(async () => {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
});

const settings = () => ({ 'watch.folder': folder, 'watch.every': 50, 'spool.seal_after': 20 });

/** A request of `spans` spans that is like no other. */
function request(spans = 1): Uint8Array {
  const id = (size: number) => {
    made += 1;
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(size - 4, made);
    return bytes;
  };
  const now = BigInt(Date.now()) * 1_000_000n;
  return encodeTraces({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: Array.from({ length: spans }, () => ({
              traceId: id(16),
              spanId: id(8),
              name: 'watched',
              startTimeUnixNano: now,
              endTimeUnixNano: now + 1n,
            })),
          },
        ],
      },
    ],
  });
}

const line = (spans = 1) => `${otlpJson(request(spans))}\n`;
const framed = (body: Uint8Array) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
};
const at = (name: string) => join(folder, name);

/** As if nobody had written to it for a minute. */
async function settle(name: string): Promise<void> {
  const then = new Date(Date.now() - 60_000);
  await utimes(at(name), then, then);
}

async function accepted(spans: number): Promise<void> {
  await until(() => rig.collector.stats().acceptedSpans === spans);
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > end) {
      throw new Error(`not in time: ${rig.collector.stats().acceptedSpans} spans`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const warnings = () => rig.logged.filter(({ level }) => level === 'warn');

describe('files that grow', () => {
  it('are read line by line, each line once', async () => {
    await writeFile(at('traces.json'), line(2) + line());
    await accepted(3);
    const next = line(4);
    await appendFile(at('traces.json'), next.slice(0, 50));
    await appendFile(at('traces.json'), next.slice(50));
    await accepted(7);
  });

  it('are read frame by frame, in either encoding', async () => {
    const whole = framed(request(3));
    await writeFile(at('traces.pb'), Buffer.concat([framed(request()), whole.subarray(0, 20)]));
    await accepted(1);
    await appendFile(at('traces.pb'), whole.subarray(20));
    await appendFile(at('traces.pb'), framed(Buffer.from(otlpJson(request(2)))));
    await accepted(6);
  });

  it('may be renamed, and cut, when they are rotated', async () => {
    await writeFile(at('traces.json'), line());
    await accepted(1);
    await rename(at('traces.json'), at('traces-1.json'));
    await appendFile(at('traces-1.json'), line());
    await writeFile(at('traces.json'), line());
    await accepted(3);
    await truncate(at('traces.json'), 0);
    await until(() => rig.collector.stats().acceptedSpans === 3);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await appendFile(at('traces.json'), line());
    await accepted(4);
  });

  it('are gone on with after a restart', async () => {
    await writeFile(at('traces.json'), line(5));
    await accepted(5);
    rig = await rig.restart({ ...settings(), 'receive.repeat_window': 0 });
    await appendFile(at('traces.json'), line(2));
    await accepted(2);
  });
});

describe('files that are complete', () => {
  it.each([
    ['plain.pb', request(3)],
    ['document.json', Buffer.from(JSON.stringify(JSON.parse(otlpJson(request(3))), null, 2))],
    ['no-line-feed.json', Buffer.from(otlpJson(request(3)))],
    ['lines.json.gz', gzipSync(line(1) + line(2))],
    ['frames.gz', gzipSync(Buffer.concat([framed(request(1)), framed(request(2))]))],
    ['message.gz', gzipSync(request(3))],
  ])('%s is taken once nobody writes it', async (name, bytes) => {
    await writeFile(at(name), bytes);
    await settle(name);
    await accepted(3);
  });

  it('a file that is still written is left alone', async () => {
    await writeFile(at('big.pb'), request(3));
    await writeFile(at('seen.json'), line());
    await accepted(1);
  });
});

describe('what cannot be read', () => {
  it('is passed over, counted by file and said', async () => {
    await writeFile(at('a.json'), `${line()}{"resourceSpans":5}\n${line()}`);
    await accepted(2);
    expect(warnings()[0]?.fields).toMatchObject({ file: 'a.json', errors: 1 });
    expect(warnings()[0]?.fields['reason']).toMatch(/wanted an array/);
  });

  it.each([
    ['noise.bin', Buffer.from('this is no telemetry at all')],
    ['broken.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4])],
    ['long.pb', Buffer.from([0, 0xff, 0xff, 0xff, 1])],
  ])('%s does not keep others from being read', async (name, bytes) => {
    await rig.restart({ ...settings(), 'receive.body_bytes_max': 100_000 }).then((next) => {
      rig = next;
    });
    await writeFile(at(name), bytes);
    await settle(name);
    await writeFile(at('z.json'), line());
    await accepted(1);
    await until(() => warnings().length === 1);
    expect(warnings()[0]?.fields).toMatchObject({ file: name });
  });

  it('hidden and unfinished names are not looked at', async () => {
    for (const name of ['.hidden.json', 'x.tmp', 'x.part']) await writeFile(at(name), line());
    await writeFile(at('z.json'), line());
    await accepted(1);
  });

  it('a folder that is not there is an error at start', async () => {
    await expect(startRig({ 'watch.folder': join(folder, 'none') })).rejects.toThrow(
      /^watch\.folder: cannot read .*none/,
    );
  });
});
