/**
 * `node --import @clew/sdk/register app.js`, and the same with `--require`: traces a program without
 * touching it, as the OTEL_ variables say. Never knows: the program.
 */

import { hookImports, installedInstrumentations } from './instrument/find.ts';
import { start } from './start.ts';

// The hook costs some 20 ms, so it is set only when there is something to instrument.
const from = process.cwd();
if (installedInstrumentations(from).length > 0) hookImports(from);
start();
