/**
 * `node --import @clew/sdk/register app.js`, and the same with `--require`: traces a program without
 * touching it, as the OTEL_ variables say. Never knows: the program.
 */

import { isMainThread } from 'node:worker_threads';
import { hookImports, wantedInstrumentations } from './instrument/find.ts';
import { start } from './start.ts';

// The hook costs some 20 ms, so it is set only when there is something to instrument. Worker threads
// share that of the main thread.
const from = process.cwd();
if (isMainThread && wantedInstrumentations(from).length > 0) hookImports(from);
start();
