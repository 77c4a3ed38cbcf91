/**
 * Exporters whose module is loaded when it is first needed: what most programs never use must not cost
 * their start. Never knows: what is loaded.
 */

import { createRequire } from 'node:module';
import { diag } from '@opentelemetry/api';
import type { BatchExporter } from '../batch/batch-processor.ts';

/** A module of this folder, at once: for the exit of the process, when nothing can be awaited. */
export function loadNow<T>(name: string): T {
  return createRequire(import.meta.url)(`./${name}.js`) as T;
}

/** `load` begins now; `now` is for an exit before it is done. */
export function lazyExporter(
  load: () => Promise<BatchExporter>,
  now: () => BatchExporter,
): BatchExporter {
  let exporter: BatchExporter | undefined;
  const loading = load().then((loaded) => {
    exporter ??= loaded;
    return exporter;
  });
  loading.catch((error: unknown) => diag.error('an exporter could not be loaded', error));
  return {
    async send(batch) {
      try {
        return await (await loading).send(batch);
      } catch {
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
      await (await loading).forceFlush();
    },
    async shutdown() {
      await (await loading).shutdown();
    },
  };
}
