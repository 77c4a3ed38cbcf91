/**
 * Appends batches to a file, one line of OTLP/JSON each: the file format of OpenTelemetry.
 * Never knows: spans. Source: https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 */

import { appendFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { diag } from '@opentelemetry/api';
import type { BatchExporter } from '../batch/batch-processor.ts';
import { otlpJson } from './otlp-json.ts';

export function fileExporter(path: string): BatchExporter {
  return {
    async send({ body }) {
      try {
        await appendFile(path, `${otlpJson(body)}\n`);
        return true;
      } catch (error) {
        diag.error(`spans cannot be written to ${path}`, error);
        return false;
      }
    },
    sendNow: (batches) =>
      batches.map(({ body }) => {
        try {
          appendFileSync(path, `${otlpJson(body)}\n`);
          return true;
        } catch (error) {
          diag.error(`spans cannot be written to ${path}`, error);
          return false;
        }
      }),
    async forceFlush() {},
    async shutdown() {},
  };
}
