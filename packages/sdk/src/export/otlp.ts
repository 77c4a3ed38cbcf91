/** The OTLP exporter of the protocol that code or the variables name. Never knows: spans. */

import type { BatchExporter } from '../batch/batch-processor.ts';
import type { Env } from '../env.ts';
import { OtlpGrpcExporter } from './otlp-grpc.ts';
import { OtlpHttpExporter } from './otlp-http.ts';
import { type OtlpOptions, otlpSettings } from './otlp-settings.ts';

export function otlpExporter(options: OtlpOptions = {}, env: Env = process.env): BatchExporter {
  const { protocol } = otlpSettings(options, env);
  return protocol === 'grpc'
    ? new OtlpGrpcExporter(options, env)
    : new OtlpHttpExporter(options, env);
}
