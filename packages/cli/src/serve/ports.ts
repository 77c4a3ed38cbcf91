/**
 * Which listeners cannot have their port, and in what words that is said.
 *
 * Asked before anything is started, so that all of them are named at once.
 */
import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import { listeners } from '@clew/translate';
import { CliError } from '../cli-error.ts';
import { flagName } from '../settings/resolve.ts';

export interface ListenSetting {
  /** `listen.ui` */
  readonly key: string;
  /** `host:port` or `off`. */
  readonly address: string;
}

export interface PortProblem extends ListenSetting {
  /** `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, … */
  readonly code: string;
}

/** `[::1]:4317` → host `::1`; undefined for `off`. */
export function splitAddress(address: string): { host: string; port: number } | undefined {
  const at = address.lastIndexOf(':');
  if (address === 'off' || at < 0) return undefined;
  return {
    host: address.slice(0, at).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(at + 1)),
  };
}

/** Tries to listen on each and lets go at once. Port 0 is always free. */
export async function portProblems(listens: readonly ListenSetting[]): Promise<PortProblem[]> {
  const codes = await Promise.all(
    listens.map(({ key, address }) => (isUdp(key) ? tryUdp(address) : tryPort(address))),
  );
  return listens.flatMap((listen, at) =>
    codes[at] === undefined ? [] : [{ ...listen, code: codes[at] }],
  );
}

function isUdp(key: string): boolean {
  return listeners.some(({ name, transport }) => transport === 'udp' && key === `listen.${name}`);
}

async function tryUdp(address: string): Promise<string | undefined> {
  const target = splitAddress(address);
  if (target === undefined || target.port === 0) return undefined;
  const socket = createSocket(isIPv6(target.host) ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.bind({ address: target.host, port: target.port, exclusive: true }, () =>
      socket.close(() => resolve(undefined)),
    );
  });
}

async function tryPort(address: string): Promise<string | undefined> {
  const target = splitAddress(address);
  if (target === undefined || target.port === 0) return undefined;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ ...target, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** One line per listener, and as hint the flags that change it. */
export function portError(problems: readonly PortProblem[]): CliError {
  const lines = problems.map(({ key, address, code }) => {
    const name = key.slice('listen.'.length);
    const port = splitAddress(address)?.port ?? address;
    return `port ${port} of listener ${name} (${address}) ${why(code)}`;
  });
  const flags = problems.map(({ key, address }) => {
    const target = splitAddress(address);
    const host = target?.host.includes(':') ? `[${target.host}]` : (target?.host ?? '127.0.0.1');
    return `${flagName(key)} ${host}:${nextPort(target?.port ?? 0)}, or ${flagName(key)} off`;
  });
  return new CliError(lines.join('\n'), { hint: `use another: ${flags.join('\n             ')}` });
}

/** A free-looking neighbour: one up, or 10000 up for ports that only root may take. */
function nextPort(port: number): number {
  if (port >= 65_535) return port - 1;
  return port < 1024 ? port + 10_000 : port + 1;
}

function why(code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'is taken by another program';
    case 'EACCES':
      return 'needs more rights than this user has';
    case 'EADDRNOTAVAIL':
      return 'cannot be opened: this machine does not have that address';
    case 'ENOTFOUND':
      return 'cannot be opened: the host name is not known';
    default:
      return `cannot be opened (${code})`;
  }
}
