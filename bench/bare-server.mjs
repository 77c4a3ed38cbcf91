/**
 * Engine and collector as `clew serve` composes them, without faces and with background merges stopped.
 *
 *   node bench/bare-server.mjs DATA_DIR [SETTINGS]
 *
 * What is left is the walk of a span from socket to table: the CPU of these two processes is what it
 * costs. Prints one JSON line when it is ready; ends on SIGTERM.
 */
import { createCollector } from '@clew/collector';
import { openEngine } from '@clew/store';
import { listeners } from '@clew/translate';

// As in packages/cli/bin/clew.js.
process.env.UV_THREADPOOL_SIZE ??= '8';

const dataDir = process.argv[2];
const log = (level, message, fields) => {
  if (level === 'error') process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
};
const engine = await openEngine({ place: { kind: 'embedded', dataDir }, log });
await engine.command({ text: 'system stop merges', params: {} });
const settings = {
  data_dir: dataDir,
  ...Object.fromEntries(listeners.map(({ name }) => [`listen.${name}`, 'off'])),
  'listen.sampling': 'off',
  'listen.otlp_http': '127.0.0.1:0',
  // Without merges parts pile up; the data set of a run stays far below this.
  'spool.loaded_bytes_max': 0,
  ...JSON.parse(process.argv[3] ?? '{}'),
};
const collector = createCollector({ engine, settings, log, nowMs: Date.now });
const listening = await collector.start();
const urls = Object.fromEntries(listening.map(({ name, url }) => [name, url]));
process.stdout.write(`${JSON.stringify({ url: urls.otlp_http, urls })}\n`);
process.once('SIGTERM', async () => {
  await collector.stop();
  await engine.close();
  process.disconnect();
});
process.on('message', async (asked) => {
  if (asked === 'stats') {
    process.send({ acceptedSpans: collector.stats().acceptedSpans });
    return;
  }
  await collector.sealAndLoad();
  process.send('loaded');
});
