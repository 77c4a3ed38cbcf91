/**
 * Entry of the engine host: the child process that embeds the engine (chDB) and speaks the needed
 * part of ClickHouse's HTTP interface on a private loopback port.
 *
 * A process of its own, because a query too large or an abort in native code takes its process with
 * it: then this one dies, the collector goes on accepting, and the supervisor starts another.
 * Plain JavaScript, because Node 20 cannot run TypeScript in a forked child: the same file serves
 * the sources under test and the built tree.
 * Never knows: the schema, or what a span is.
 *
 * Life: forked by src/host-process.ts, which sends `start`; answers `ready` or `failed`; ends on
 * `stop`, and at once when the parent goes away.
 */
import { createHttpFace } from './http-face.mjs';
import { createSessionPool } from './session-pool.mjs';

process.on('disconnect', () => {
  // The parent died. Nothing may outlive it, and the engine is safe against a kill at any moment,
  // while an orderly exit would wait for native work.
  process.kill(process.pid, 'SIGKILL');
});
// A Ctrl-C reaches the whole process group; the parent decides when the engine stops.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

process.on('message', (message) => {
  if (message?.kind === 'start') void start(message);
});

/** @param {import('../src/host-process.ts').HostStart} options */
async function start(options) {
  try {
    const pool = await createSessionPool(options);
    const face = await createHttpFace({ pool, ...options });
    process.on('message', (message) => {
      if (message?.kind === 'stop') void stop(pool, face);
    });
    process.send?.({ kind: 'ready', port: face.port, version: pool.version });
  } catch (error) {
    process.send?.({ kind: 'failed', message: engineMessage(error) }, () => process.exit(1));
  }
}

/** Lets running work end, closes the sessions, so that merges and parts are left tidy, and exits. */
async function stop(pool, face) {
  face.close();
  await pool.close();
  process.exit(0);
}

/** The engine says why it could not open the directory on stderr or in the error's cause. */
function engineMessage(error) {
  const cause = error?.cause?.message;
  return cause && cause !== error.message ? `${error.message}: ${cause}` : String(error?.message);
}
