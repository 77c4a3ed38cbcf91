/**
 * Sends every span when it ends, one after the other; for tests and short scripts.
 * Never knows: the transport.
 */

import { type BatchExporter, BatchSpanProcessor } from './batch-processor.ts';

/** A batch of one: it shares the order, the bounds and the counts of the batch processor. */
export class SimpleSpanProcessor extends BatchSpanProcessor {
  constructor(exporter: BatchExporter) {
    super(exporter, { maxExportBatchSize: 1 }, {});
  }
}
