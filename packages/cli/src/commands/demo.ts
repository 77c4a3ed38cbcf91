/**
 * `clew demo`: the shop of examples/shop, sending to a server that runs, or to one of its own.
 *
 * Never knows: what the shop sells.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shop } from '@clew/shop';
import { CliError } from '../cli-error.ts';
import { type Arguments, type Command, serverFlag } from '../command.ts';
import { stopOnSignal } from '../serve/signals.ts';
import { createSteps } from '../serve/steps.ts';
import { configFlag, serverSettings } from '../server-settings.ts';
import { counted } from '../terminal/numbers.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const command: Command = {
  name: 'demo',
  says: 'run a small shop of five real services that sends traces',
  usage: '[--rate VISITS] [--for 30s]',
  positionalsMax: 0,
  flags: [
    {
      key: 'rate',
      type: 'int',
      default: 2,
      min: 1,
      max: 200,
      says: 'visits per second; a visit is a trace of 3 to 40 spans',
    },
    {
      key: 'for',
      type: 'duration',
      default: '',
      says: 'end after this long (else Ctrl-C ends it)',
    },
    {
      ...serverFlag,
      says: 'the server to send to; when none answers at the default, one is started in this process, as it is when a setting of the server is given',
    },
    configFlag,
  ],
  serverSettings: async () => (await import('../settings.ts')).settingsTable,
  examples: [
    ['clew demo', 'the shop, and a server if none runs'],
    ['clew demo --rate 20 --for 1m', 'livelier, and only for a minute'],
  ],
  run: async (args, terminal) => {
    const target = await findOrStartServer(args, terminal);
    const stopAll = async (shop?: Shop) => {
      await shop?.stop();
      await target.stop();
    };
    let shop: Shop;
    try {
      const { startShop } = await import('@clew/shop');
      shop = await startShop({
        otlpUrl: target.otlpUrl,
        visitsPerSecond: Number(args.values['rate']),
        onLost: (service) => terminal.err(`✕ the shop's ${service} ended by itself\n`),
      });
    } catch (error) {
      await stopAll();
      throw error;
    }
    terminal.out(opened(shop, target, terminal));
    const counter = startCounter(shop, terminal);
    const until = args.values['for'] === '' ? undefined : sleep(Number(args.values['for']), 'over');
    const code = await stopOnSignal(() => stopAll(shop), terminal, until);
    counter.stop();
    terminal.out(`${closed(shop)}\n`);
    return code;
  },
};

interface Target {
  readonly uiUrl: string;
  readonly otlpUrl: string;
  readonly stop: () => Promise<void>;
}

interface Status {
  readonly listeners?: readonly { readonly name: string; readonly url: string }[];
}

async function findOrStartServer(args: Arguments, terminal: Terminal): Promise<Target> {
  // Whoever sets up a server on this command line wants that one.
  if (args.serverFlags.size > 0 && !args.given.has('server')) return startOwnServer(args, terminal);
  const { createServerClient } = await import('../server-client.ts');
  const client = createServerClient(String(args.values['server']));
  const status = await client.get<Status>('/api/v1/status').catch((error: unknown) => {
    // A server that was named must be there; the usual place may well be empty.
    if (args.given.has('server')) throw error;
    return undefined;
  });
  if (status !== undefined) {
    const otlpUrl = otlpOf(status.listeners ?? [], client.url);
    return { uiUrl: client.url, otlpUrl, stop: async () => undefined };
  }
  return startOwnServer(args, terminal);
}

async function startOwnServer(args: Arguments, terminal: Terminal): Promise<Target> {
  const { startServer } = await import('./serve.ts');
  const settings = await serverSettings(args, terminal.env);
  const server = await startServer(settings, terminal, createSteps(terminal, true));
  const { greeting } = await import('../serve/greeting.ts');
  terminal.out(greeting(server.facts, terminal.style, ''));
  const { listeners } = server.facts;
  try {
    const uiUrl = listeners.find((one) => one.name === 'ui')?.url ?? '';
    return { uiUrl, otlpUrl: otlpOf(listeners, uiUrl), stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function otlpOf(listeners: NonNullable<Status['listeners']>, server: string): string {
  const found = listeners.find((one) => one.name === 'otlp_http')?.url;
  if (found !== undefined) return found;
  throw new CliError(`the server at ${server} has no OTLP/HTTP listener, which the shop needs`, {
    hint: 'start it with --listen.otlp_http 127.0.0.1:4318',
  });
}

function opened(shop: Shop, { uiUrl }: Target, { style }: Terminal): string {
  const services = Object.keys(shop.processes).join(', ');
  return [
    `${style.green('✓')} ${style.bold('The shop is open')} ${style.dim(shop.storefrontUrl)}`,
    `  ${style.dim('services')}   ${services}`,
    ...(uiUrl === '' ? [] : [`  ${style.dim('traces')}     ${style.link(uiUrl, uiUrl)}`]),
    `  ${style.dim('look for')}   checkouts that take 3 s, and payments that fail`,
    `  ${style.dim('Ctrl-C closes it.')}`,
    '',
  ].join('\n');
}

function closed({ counts }: Shop): string {
  return `${counted(counts.visits, 'visit')}, ${counted(counts.orders, 'order')}, ${counts.failures} failed`;
}

const COUNT_EVERY_MS = 1_000;

/** A line that counts along, on a terminal only. */
function startCounter(shop: Shop, { isErrTty, err }: Terminal) {
  if (!isErrTty) return { stop: () => undefined };
  const timer = setInterval(() => err(`\r\u001b[K${closed(shop)}`), COUNT_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      err('\r\u001b[K');
    },
  };
}
