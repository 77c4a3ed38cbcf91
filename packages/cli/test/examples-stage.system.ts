/**
 * The stage of the examples: programs that fail are told with what they printed, and all of them end.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStage } from '../../../examples/stage.mjs';

type Opened = Awaited<ReturnType<typeof createStage>>;

let stage: Opened;

beforeEach(async () => {
  stage = await createStage({ endpoint: 'http://127.0.0.1:1', log: () => undefined });
});
afterEach(() => stage.stop());

async function program(source: string): Promise<URL> {
  const path = join(stage.folder, 'program.mjs');
  await writeFile(path, source);
  return pathToFileURL(path);
}

describe('a stage', () => {
  it('tells programs their name and where spans go', async () => {
    const { OTEL_SERVICE_NAME: name, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = JSON.parse(
      (await stage.play('x', await program('console.log(JSON.stringify(process.env))'))).lines[0] ??
        '',
    ) as Record<string, string>;
    expect([name, endpoint]).toEqual(['x', 'http://127.0.0.1:1']);
  });

  it('reads the traces that a program shows', async () => {
    const id = 'ab'.repeat(16);
    const { traces } = await stage.play(
      'x',
      await program(`console.log('trace ${id} two words\\ntrace of nothing')`),
    );
    expect(traces).toEqual([{ traceId: id, title: 'two words' }]);
  });

  it.each([
    { how: 'ends at once', source: "console.error('no room'); process.exit(3)", says: 'code 3' },
    { how: 'throws', source: "throw new Error('no room')", says: 'code 1' },
    { how: 'is no program', source: 'no room }', says: 'code 1' },
  ])('says what a program printed that $how', async ({ source, says }) => {
    const url = await program(source);
    for (const attempt of ['start', 'play'] as const) {
      const error = await stage[attempt]('x', url).catch((found: Error) => found);
      expect(String(error)).toContain(`x ended: ${says}`);
      expect(String(error)).toContain('no room');
    }
  });

  it('ends a program that does not get ready, or does not end', async () => {
    const url = await program('console.log(process.pid); setInterval(() => {}, 1000)');
    const options = { msMax: 500 };
    await expect(stage.start('x', url, options)).rejects.toThrow('no sign of being ready');
    await expect(stage.play('x', url, options)).rejects.toThrow('x ended: SIGKILL');
  });

  it('says so when a command is not there', async () => {
    await expect(stage.play('x', ['no-such-command'])).rejects.toThrow('ENOENT');
  });

  it('ends everything with it, and opens nothing any more', async () => {
    const url = await program("console.log('ready here'); setInterval(() => {}, 1000)");
    const service = await stage.start('x', url);
    expect(service.url).toBe('here');
    await stage.stop();
    await service.stop();
    expect(existsSync(stage.folder)).toBe(false);
    await expect(stage.start('x', url)).rejects.toThrow('the example is over');
  });
});
