/** Hears what the SDK says through the API's logger. For tests. */
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';

/** Every line from now on, of `logLevel` and above it, until `diag.disable()`. */
export function listen(logLevel = DiagLogLevel.ALL): string[] {
  const heard: string[] = [];
  const hear = (...said: unknown[]) => heard.push(said.map(String).join(' '));
  const logger: DiagLogger = { error: hear, warn: hear, info: hear, debug: hear, verbose: hear };
  diag.setLogger(logger, { logLevel, suppressOverrideMessage: true });
  heard.length = 0;
  return heard;
}
