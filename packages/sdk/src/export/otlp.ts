/** The OTLP exporter of the protocol that code or the variables name. Never knows: spans. */

import type { BatchExporter } from '../batch/batch-processor.ts';
import type { Env } from '../env.ts';
import { lazyExporter, loadNow } from './lazy.ts';
import { OtlpHttpExporter } from './otlp-http.ts';
import { type OtlpOptions, otlpSettings } from './otlp-settings.ts';

type Grpc = typeof import('./otlp-grpc.ts');

export function otlpExporter(options: OtlpOptions = {}, env: Env = process.env): BatchExporter {
  if (otlpSettings(options, env).protocol !== 'grpc') return new OtlpHttpExporter(options, env);
  const make = ({ OtlpGrpcExporter }: Grpc) => new OtlpGrpcExporter(options, env);
  return lazyExporter(
    async () => make(await import('./otlp-grpc.ts')),
    () => make(loadNow<Grpc>('otlp-grpc')),
  );
}
