/**
 * Exporters whose module is loaded when it is first needed: what most programs never use must not cost
 * their start. Never knows: what is loaded.
 */

import { createRequire } from 'node:module';
import { diag } from '@opentelemetry/api';
import type { BatchExporter } from '../batch/batch-processor.ts';

/** A module of this folder, at once: for the exit of the process, when nothing can be awaited. */
export function loadNow<T>(name: string): T {
  return createRequire(thisFile())(`./${name}.js`) as T;
}

/**
 * Where this module is, read off a stack: test runners such as Jest compile packages to CommonJS, where
 * `import.meta` is an error before anything runs.
 */
function thisFile(): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, [site]) => site?.getFileName();
    return String(new Error('where').stack);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    // Absent is not the same as undefined to all who look for it.
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
  }
}

/**
 * The same where it can be awaited. Still at once: an exit in the middle of an import could neither
 * finish nor repeat it. Sources, which only tests run, are imported with `load`.
 */
export async function loadSoon<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return loadNow<T>(name);
  } catch {
    return load();
  }
}

/** An exporter that is made with its first batch: by `now` where that works, else by `load`. */
export function lazyExporter(
  load: () => Promise<BatchExporter>,
  now: () => BatchExporter,
): BatchExporter {
  let exporter: BatchExporter | undefined;
  const soon = async (): Promise<BatchExporter> => {
    try {
      exporter ??= now();
    } catch {
      exporter ??= await load();
    }
    return exporter;
  };
  return {
    async send(batch) {
      try {
        return await (await soon()).send(batch);
      } catch (error) {
        diag.error('an exporter could not be loaded', error);
        return false;
      }
    },
    sendNow(batches) {
      try {
        exporter ??= now();
        return exporter.sendNow?.(batches) ?? batches.map(() => false);
      } catch (error) {
        diag.error('an exporter could not be loaded', error);
        return batches.map(() => false);
      }
    },
    async forceFlush() {
      await exporter?.forceFlush();
    },
    async shutdown() {
      await exporter?.shutdown();
    },
  };
}
