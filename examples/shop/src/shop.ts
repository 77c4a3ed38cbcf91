/**
 * The shop as a whole: starts five service processes, passes their queue's messages on, sends
 * visitors, and ends everything again.
 *
 * The services find each other by SHOP_…_URL and Clew by OTEL_EXPORTER_OTLP_ENDPOINT, as they
 * would anywhere else.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ShopperCounts, startShopper } from './shopper.ts';

export interface ShopOptions {
  /** Where the services send their spans: an OTLP/HTTP address such as http://127.0.0.1:4318. */
  readonly otlpUrl: string;
  readonly visitsPerSecond: number;
  /** A service ended although nobody asked it to. */
  readonly onLost?: (service: string) => void;
}

export interface Shop {
  readonly storefrontUrl: string;
  /** Service → process id. */
  readonly processes: Readonly<Record<string, number>>;
  readonly counts: Readonly<ShopperCounts>;
  /** Ends the visitors, lets the services send their last spans, and ends them. */
  readonly stop: () => Promise<void>;
}

/** In the order they start: each needs only those before it. */
const SERVICES = ['inventory', 'payments', 'mailer', 'cart', 'storefront'] as const;
const START_MS_MAX = 20_000;
const END_MS_MAX = 4_000;

export async function startShop(options: ShopOptions): Promise<Shop> {
  const children = new Map<string, ChildProcess>();
  const urls: Record<string, string> = {};
  const state = { isEnding: false };
  const endAll = async () => {
    state.isEnding = true;
    await Promise.all([...children.values()].map(end));
  };
  try {
    for (const service of SERVICES) {
      const child = startService(service, options.otlpUrl, urls);
      children.set(service, child);
      child.on('message', (envelope: { message?: object }) => {
        if (envelope.message !== undefined) passOn(children.get('mailer'), envelope);
      });
      child.on('exit', () => {
        if (!state.isEnding) options.onLost?.(service);
      });
      urls[service] = `http://127.0.0.1:${await portOf(service, child)}`;
    }
  } catch (error) {
    await endAll();
    throw error;
  }
  const storefrontUrl = urls['storefront'] as string;
  const shopper = startShopper(storefrontUrl, options.visitsPerSecond);
  return {
    storefrontUrl,
    processes: Object.fromEntries([...children].map(([name, child]) => [name, child.pid ?? 0])),
    counts: shopper.counts,
    stop: async () => {
      await shopper.stop();
      await endAll();
    },
  };
}

function startService(
  service: string,
  otlpUrl: string,
  urls: Readonly<Record<string, string>>,
): ChildProcess {
  const addresses = Object.entries(urls).map(([name, url]) => [
    `SHOP_${name.toUpperCase()}_URL`,
    url,
  ]);
  return fork(fileURLToPath(new URL(`./services/${service}.js`, import.meta.url)), {
    env: {
      ...process.env,
      ...Object.fromEntries(addresses),
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function portOf(service: string, child: ChildProcess): Promise<number> {
  const signal = AbortSignal.timeout(START_MS_MAX);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`the shop's ${service} ended with code ${code} before it was ready`);
  });
  const ready = once(child, 'message', { signal }) as Promise<[{ ready: number }]>;
  ended.catch(() => undefined);
  const [envelope] = await Promise.race([ready, ended as Promise<never>]);
  return envelope.ready;
}

function passOn(mailer: ChildProcess | undefined, envelope: object): void {
  if (mailer?.connected) mailer.send(envelope);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.send({ stop: true });
  else child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
  await ended;
  clearTimeout(late);
}
