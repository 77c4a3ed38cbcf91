/**
 * Traces a program without touching it, as the OTEL_ variables say; runs before the program does.
 * Never knows: the program.
 */

import { hookImports, wantedInstrumentations } from './instrument/find.ts';
import { start } from './start.ts';

// The hook costs some 20 ms, so it is set only when there is something to instrument.
const from = process.cwd();
if (wantedInstrumentations(from).length > 0) hookImports(from);
start();
