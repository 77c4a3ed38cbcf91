/**
 * The OTLP exporter of the protocol that code or the variables name. Its settings are read at once, so
 * that what is wrong is said at the start; its modules are loaded with the first batch.
 * Never knows: spans.
 */

import type { BatchExporter } from '../batch/batch-processor.ts';
import type { Env } from '../env.ts';
import { lazyExporter, loadNow } from './lazy.ts';
import { type OtlpOptions, type OtlpSettings, otlpSettings } from './otlp-settings.ts';

type Http = typeof import('./otlp-http.ts');
type Grpc = typeof import('./otlp-grpc.ts');

export function otlpExporter(options: OtlpOptions = {}, env: Env = process.env): BatchExporter {
  const settings = otlpSettings(options, env);
  const found = optionsOf(settings);
  if (settings.protocol === 'grpc') {
    const make = ({ OtlpGrpcExporter }: Grpc) => new OtlpGrpcExporter(found, {});
    return lazyExporter(
      async () => make(await import('./otlp-grpc.ts')),
      () => make(loadNow<Grpc>('otlp-grpc')),
    );
  }
  const make = ({ OtlpHttpExporter }: Http) => new OtlpHttpExporter(found, {});
  return lazyExporter(
    async () => make(await import('./otlp-http.ts')),
    () => make(loadNow<Http>('otlp-http')),
  );
}

/** What gives the same settings without the variables. */
function optionsOf({ url, timeoutMs, isGzip, tls, ...rest }: OtlpSettings): OtlpOptions {
  const compression = isGzip ? 'gzip' : 'none';
  return { ...rest, ...tls, url: url.href, timeoutMillis: timeoutMs, compression };
}
