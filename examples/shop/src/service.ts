/**
 * The life of one service process: say which port, end when told or when the parent is gone.
 */
import { drained } from './queue.ts';
import { stopTelemetry } from './telemetry.ts';
import { listen, type Routes } from './web.ts';

/** Tells the parent the port and stays until it says stop, or disappears. */
export async function runService(routes: Routes): Promise<void> {
  // Ctrl-C, and a supervisor's SIGTERM, reach the whole process group; only the parent decides when to
  // end, so that the last spans are sent while everything is still there.
  const alone = () => {
    if (!process.connected) void end();
  };
  process.on('SIGINT', alone);
  process.on('SIGTERM', alone);
  process.on('disconnect', () => void end());
  process.on('message', (envelope: { stop?: boolean }) => {
    if (envelope.stop === true) void end();
  });
  const port = await listen(routes);
  process.send?.({ ready: port });
}

/** Work may hang, and the exporter may have nobody to send to; the process must end all the same. */
const FLUSH_MS_MAX = 2_000;

let isEnding = false;

/** Once: the parent's word, its end and a signal may all arrive. */
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => process.exit(0), FLUSH_MS_MAX).unref();
  await drained();
  await stopTelemetry().catch(() => undefined);
  process.exit(0);
}

/** The address of another service, handed over by the parent. */
export function addressOf(service: string): string {
  const url = process.env[`SHOP_${service.toUpperCase()}_URL`];
  if (url === undefined) throw new Error(`SHOP_${service.toUpperCase()}_URL is not set`);
  return url;
}
