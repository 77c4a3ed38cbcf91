/**
 * Tempo's port of a running server: open beside or without the user interface, and reading what was just acknowledged.
 */
import { join } from 'node:path';
import { encodeTraces } from '@clew/wire';
import { expect, it } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { eventually, serve, withFolder } from './rig.ts';

const traceId = '636865636b6f75740000000000000000';

it('answers Grafana at once about what was acknowledged, also without a user interface', async () => {
  await withFolder(async (folder) => {
    const flags = ['--listen.tempo', '127.0.0.1:0', '--listen.ui', 'off'];
    const running = await serve(join(folder, 'data'), flags);
    const listeners = running.ready.listeners as Record<string, { url: string }>;
    expect(Object.keys(listeners).sort()).toEqual(['otlp_grpc', 'otlp_http', 'tempo']);
    const tempo = listeners['tempo']!.url;
    const baseNs = BigInt(Date.now() - 10_000) * 1_000_000n;
    const sent = await fetch(`${listeners['otlp_http']!.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: encodeTraces(checkoutTraces(baseNs)),
    });
    expect(sent.status).toBe(200);
    const trace = await (await fetch(`${tempo}/api/v2/traces/${traceId}`)).json();
    expect(JSON.stringify(trace)).toContain('"GET /checkout"');
    const q = encodeURIComponent('{ resource.service.name = "payment" && status = error }');
    const found = await eventually(
      async () =>
        (await fetch(`${tempo}/api/search?q=${q}`)).json() as Promise<{ traces: object[] }>,
      ({ traces }) => traces.length > 0,
    );
    expect(found.traces).toMatchObject([{ traceID: traceId, rootServiceName: 'frontend' }]);
    expect((await running.stop()).code).toBe(0);
  });
});
