/**
 * A real Clew and a browser for the tests of one file: started before them with some traces, ended after them.
 *
 * Never knows: pages.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type OpenPage, openBrowser, openPage, type Screen, screens } from './browser.ts';
import { checkoutTraceId, shopTraces } from './seed.ts';
import { startServer, type TestServer } from './server.ts';

export type Served = {
  /** There from the first test on. */
  readonly server: TestServer;
  readonly browser: Browser;
  /** A fresh page at a path. */
  open(path: string, screen?: Screen): Promise<OpenPage>;
};

/** @param fill sends what is there before the first test */
export function serve(fill: (server: TestServer) => Promise<void> = async () => {}): Served {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), openBrowser()]);
    await fill(server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    async open(path, screen = screens[0]!) {
      const opened = await openPage(browser, screen);
      await opened.page.goto(`${server.url}${path}`);
      return opened;
    },
  };
}

/** With the seeded shop, readable from the first test on. */
export function serveShop(): Served {
  return serve(async (server) => {
    await server.send(shopTraces(Date.now()));
    // Asking for a trace loads everything acknowledged before it.
    await fetch(`${server.url}/api/v1/traces/${checkoutTraceId}/summary`);
  });
}
