/**
 * A collector with the embedded engine as a program of its own, to be killed: `node collector.mjs DIR`.
 * Plain JavaScript over the built packages. Prints one line of JSON when it takes requests.
 */
import { createCollector } from '@clew/collector';
import { openEngine } from '@clew/store';
import { listeners } from '@clew/translate';

// Writing past RLIMIT_FSIZE raises this signal, whose default is to die; the error is wanted instead.
process.on('SIGXFSZ', () => undefined);

const [dataDir, more = '{}'] = process.argv.slice(2);
const started = performance.now();
const log = (level, message, fields) => {
  if (level === 'debug') return;
  process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`);
};
const engine = await openEngine({ place: { kind: 'embedded', dataDir }, log });
const collector = createCollector({
  engine,
  settings: {
    data_dir: dataDir,
    ...Object.fromEntries(listeners.map(({ name }) => [`listen.${name}`, 'off'])),
    'listen.sampling': 'off',
    'listen.otlp_http': '127.0.0.1:0',
    'listen.otlp_grpc': '127.0.0.1:0',
    ...JSON.parse(more),
  },
  log,
  nowMs: Date.now,
});
const listening = await collector.start();
process.on('SIGTERM', async () => {
  await collector.stop();
  await engine.close();
  process.exit(0);
});
process.stdout.write(
  `${JSON.stringify({
    http: listening.find(({ name }) => name === 'otlp_http').url,
    grpc: listening.find(({ name }) => name === 'otlp_grpc').url,
    urls: Object.fromEntries(listening.map(({ name, url }) => [name, url])),
    enginePid: engine.pid(),
    startMs: Math.round(performance.now() - started),
  })}\n`,
);
