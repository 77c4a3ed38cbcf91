/** The Trace page on a real server: the details of a span, and what the address keeps of the page. */
import { describe, expect, test } from 'vitest';
import { openPage } from './browser.ts';
import { rowsOf, search, serveTraces, windowOf } from './trace-page.ts';
import { checkoutSpans, spanId, traceIds } from './trace-seed.ts';

const served = serveTraces();
const { openRows } = served;

describe('details', () => {
  const open = () => openRows(traceIds.checkout, `?span=${spanId(checkoutSpans.query)}`);

  test('attributes keep their types and every digit', async () => {
    const { page, context } = await open();
    const panel = page.getByRole('complementary', { name: 'Span details' });
    await panel.getByText('9007199254740993').waitFor();
    await panel.getByText('0.25').waitFor();
    await panel.getByText('["a",7]').waitFor();
    await panel.getByText('{"deep":true}').waitFor();
    await panel.getByRole('textbox', { name: 'Filter attributes' }).fill('pool');
    await panel.getByText('served.server.address').waitFor({ state: 'detached' });
    await panel.getByText('db.pool.wait_ms').waitFor();
    await context.close();
  });

  test('a long value opens', async () => {
    const { page, context } = await open();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Show less' }).waitFor();
    await page.getByText('FROM card_tokens').waitFor();
    await context.close();
  });

  test('events, links, resource and raw are there', async () => {
    const { page, context, complaints } = await open();
    await page.getByRole('tab', { name: 'Events 1' }).click();
    await page.getByText('PoolTimeout: no connection after 1200 ms').waitFor();
    await page.getByText('+1.10\u202fs').waitFor();
    await page.getByRole('tab', { name: 'Resource' }).click();
    await page.getByText('service.version').waitFor();
    await page.getByText('shop.tracing 1.2.3').waitFor();
    await page.getByRole('tab', { name: 'Raw' }).click();
    await page.getByText('"db.system"').waitFor();
    await page.getByRole('tab', { name: 'Links 1' }).click();
    await page.getByRole('link', { name: /^Open trace/ }).click();
    await page.getByRole('heading', { name: 'nightly settlement', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('closes and opens by keyboard, and the waterfall does not scroll', async () => {
    const { page, context } = await open();
    const before = await rowsOf(page);
    await page.keyboard.press('Control+\\');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    expect(await rowsOf(page)).toEqual(before);
    await page.keyboard.press('Control+\\');
    await page.getByRole('complementary').waitFor();
    await context.close();
  });
});

describe('the address', () => {
  test('brings the page back as it was', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    await page.keyboard.press('e');
    await page.keyboard.press('w');
    await page.keyboard.press('Shift+G');
    const state = await search(page);
    const rows = await rowsOf(page);
    const seen = await windowOf(page);
    await page.reload();
    await page.waitForFunction(() => (window.__clew.trace?.rows().length ?? 0) > 0);
    expect(await rowsOf(page)).toEqual(rows);
    const again = await windowOf(page);
    expect(Math.abs(again.from - seen.from)).toBeLessThan(2);
    expect(await search(page)).toEqual(state);
    await context.close();
  });

  test('selecting does not fill the history', async () => {
    const { page, context } = await openPage(served.browser);
    await page.goto(`${served.server.url}/explore`);
    await page.goto(`${served.server.url}/trace/${traceIds.checkout}`);
    await page.getByRole('treegrid').waitFor();
    for (let i = 0; i < 5; i++) await page.keyboard.press('j');
    await page.waitForURL(/span=/);
    await page.goBack();
    expect(new URL(page.url()).pathname).toBe('/explore');
    await context.close();
  });
});
