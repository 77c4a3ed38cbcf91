#!/usr/bin/env node
// The launcher: checks Node before anything that needs a newer one is parsed, then hands over to
// the built program. Plain old syntax on purpose, so that old Nodes reach the message.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';

const [major, minor] = process.versions.node.split('.').map(Number);
const program = new URL('../dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    'clew needs Node 20.19 or newer; this is Node ' +
      process.versions.node +
      '.\nInstall a newer Node (https://nodejs.org) and run the command again.\n',
  );
  process.exitCode = 1;
} else if (!existsSync(program)) {
  process.stderr.write('clew is not built yet.\nRun `npm start` (or `npm run build`) once.\n');
  process.exitCode = 1;
} else {
  // Syncs of the spool wait for the disk in these threads; the default of four would let a slow disk
  // hold up writes as well. Read once, when the first of them starts.
  process.env.UV_THREADPOOL_SIZE ??= '8';
  // docs/decisions/0018: the heap is small and the bodies that arrive are not in it, yet they count: after its first full
  // collection V8 would start another for every 14 MB of them, which is half of the collector's time.
  setFlagsFromString('--heap-growing-percent=200');
  import(program.href).then(({ main }) => main(process.argv.slice(2)));
}
