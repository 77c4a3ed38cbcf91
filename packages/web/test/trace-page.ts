/**
 * The Trace page for tests: opened on a server that has the seeded traces, and what of it can be asked through its hook.
 *
 * Never knows: what is tested.
 */
import type { Page } from 'playwright-core';
import type { TraceHook } from '../src/trace/test-hook.ts';
import { type OpenPage, openPage, type Screen, screens } from './browser.ts';
import { type Served, serve } from './served.ts';
import { broken, checkout, large, other, spanId } from './trace-seed.ts';

declare global {
  interface Window {
    __clew: { trace?: TraceHook };
  }
}

/** Spans of the large trace. */
export const LARGE = 100_000;

export type TraceServed = Served & {
  openTrace(id: string, search?: string, screen?: Screen): Promise<OpenPage>;
  /** Opens a trace and waits until its rows can be asked for. */
  openRows(id: string, search?: string, screen?: Screen): Promise<OpenPage>;
};

export function serveTraces(): TraceServed {
  const served = serve(async ({ send }) => {
    const startMs = Date.now() - 60_000;
    for (const traces of [checkout(startMs), other(startMs), broken(startMs)]) await send(traces);
    for (const batch of large(startMs, LARGE)) await send(batch);
  });
  const openTrace: TraceServed['openTrace'] = async (id, search = '', screen = screens[0]!) => {
    const opened = await openPage(served.browser, screen);
    await opened.page.addInitScript(() => {
      window.__clew = {};
    });
    await opened.page.goto(`${served.server.url}/trace/${id}${search}`);
    return opened;
  };
  return Object.assign(served, {
    openTrace,
    openRows: async (...asked: Parameters<typeof openTrace>) => {
      const opened = await openTrace(...asked);
      await opened.page.waitForFunction(() => (window.__clew.trace?.rows().length ?? 0) > 0);
      return opened;
    },
  });
}

export const rowsOf = (page: Page) => page.evaluate(() => window.__clew.trace!.rows());
export const namesOf = async (page: Page) => (await rowsOf(page)).map(({ name }) => name);
export const windowOf = (page: Page) => page.evaluate(() => window.__clew.trace!.window());

/** Where a span is drawn. */
export async function barOf(page: Page, index: number) {
  const box = await page.evaluate((id) => window.__clew.trace!.pointOf(id), spanId(index));
  return { ...box!, middle: { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 } };
}

/** What the address says of the view. */
export async function search(page: Page): Promise<URLSearchParams> {
  // The address follows a quarter of a second after the view.
  await page.waitForTimeout(400);
  return new URL(page.url()).searchParams;
}
