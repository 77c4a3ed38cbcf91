/**
 * The engine contract on the remote path: the segment as the body of the request, no files shared.
 * With ENGINE_URL (and ENGINE_USER, ENGINE_PASSWORD) it runs against that server; without, against
 * an engine host that is reached as a remote server would be.
 */
import { join } from 'node:path';
import { engineContract } from '../../testkit/src/engine-contract.ts';
import { createEngineClient } from '../src/client.ts';
import { type HostAddress, superviseHost } from '../src/host-process.ts';
import { openEngine } from '../src/index.ts';
import { quiet, scratch } from './scratch.ts';

const server = process.env['ENGINE_URL'];

engineContract({
  name: server ? `remote, ${new URL(server).host}` : 'remote, through an engine host',
  open: () => (server ? openServer(server) : openThroughHost()),
});

async function openServer(url: string) {
  const database = `clew_contract_${process.pid}`;
  const user = process.env['ENGINE_USER'] ?? 'default';
  const password = process.env['ENGINE_PASSWORD'] ?? '';
  const engine = await openEngine({
    place: { kind: 'remote', url, user, password, database },
    log: quiet,
  });
  return {
    engine,
    async done() {
      await engine.command({ text: `drop database ${database}`, params: {} });
      await engine.close();
    },
  };
}

async function openThroughHost() {
  const { dir, remove } = scratch();
  let address: HostAddress | undefined;
  const host = await superviseHost(
    {
      directory: join(dir, 'engine'),
      querySessions: 4,
      loadSessions: 1,
      waitingMax: 128,
      waitMsMax: 20_000,
      bodyBytesMax: 1024 * 1024,
      engineArguments: ['--async_insert=1'],
    },
    async (ready) => {
      address = ready;
      const client = createEngineClient({
        url: ready.url,
        password: ready.token,
        database: 'default',
      });
      await client.ping();
      await client.close();
    },
    quiet,
  );
  const { url, token: password } = address as HostAddress;
  const engine = await openEngine({ place: { kind: 'remote', url, password }, log: quiet });
  return {
    engine,
    async done() {
      await engine.close();
      await host.stop();
      remove();
    },
  };
}
