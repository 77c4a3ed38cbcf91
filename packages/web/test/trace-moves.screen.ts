/** The Trace page on a real server: selected, folded, zoomed and searched by pointer and by keyboard, also when it is long. */
import { describe, expect, test } from 'vitest';
import { barOf, LARGE, namesOf, rowsOf, search, serveTraces, windowOf } from './trace-page.ts';
import { checkoutSpans, spanId, traceIds } from './trace-seed.ts';

const { openRows } = serveTraces();

describe('the pointer', () => {
  test('selects, shows a card after a rest, and focuses a subtree by double click', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    const { middle } = await barOf(page, checkoutSpans.authorize);
    await page.mouse.move(middle.x, middle.y);
    await page.getByText('+607\u202fms').waitFor();
    await page.mouse.click(middle.x, middle.y);
    await page.getByRole('heading', { name: 'authorize' }).waitFor();
    await page.mouse.dblclick(middle.x, middle.y);
    await page.getByRole('navigation', { name: 'Breadcrumb' }).waitFor();
    expect((await namesOf(page))[0]).toBe('authorize');
    await page.getByRole('button', { name: 'Whole trace' }).click();
    expect((await namesOf(page))[0]).toBe('POST /checkout');
    await context.close();
  });

  test('zooms by dragging over the lane, by wheel at the pointer, and by the minimap', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    const { x, y, width } = await barOf(page, checkoutSpans.root);
    await page.mouse.move(x + width * 0.25, y + 6);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.75, y + 6, { steps: 5 });
    await page.mouse.up();
    const half = await windowOf(page);
    expect((half.to - half.from) / 1840e6).toBeCloseTo(0.5, 1);
    await page.mouse.move(x + width / 2, y + 6);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await page.waitForFunction((before) => {
      const { from, to } = window.__clew.trace!.window();
      return to - from < (before.to - before.from) * 0.6;
    }, half);
    await page.getByRole('button', { name: 'Whole time' }).click();
    const map = (await page.getByRole('img', { name: /^Overview/ }).boundingBox())!;
    await page.mouse.move(map.x + map.width * 0.6, map.y + 30);
    await page.mouse.down();
    await page.mouse.move(map.x + map.width * 0.8, map.y + 30, { steps: 5 });
    await page.mouse.up();
    const zoomed = await windowOf(page);
    expect((zoomed.to - zoomed.from) / 1840e6).toBeCloseTo(0.2, 1);
    expect((await search(page)).get('z')).toMatch(/^\d+~\d+$/);
    await context.close();
  });

  test('folds at the caret', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    const row = page.getByRole('row', { name: /^payments, authorize/ });
    await row.waitFor();
    await row.click({ position: { x: 4 + 2 * 14 + 7, y: 12 } });
    await page.getByRole('row', { name: /^fraud, score/ }).waitFor({ state: 'detached' });
    expect(await row.getAttribute('aria-expanded')).toBe('false');
    expect((await search(page)).get('fold')).toBe(`x:${spanId(checkoutSpans.authorize)}`);
    await context.close();
  });
});

describe('the keyboard', () => {
  test('walks rows, folds, and jumps to errors and along the path', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'POST /checkout', level: 2 }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: 'render cart', level: 2 }).waitFor();
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: /SELECT card_tokens/ }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'authorize' }).waitFor();
    await page.keyboard.press('Shift+P');
    expect((await search(page)).get('span')).not.toBe(spanId(checkoutSpans.authorize));
    await page.keyboard.press('1');
    expect(await namesOf(page)).toEqual([
      'POST /checkout',
      'render cart',
      '/v1/checkout',
      'render confirmation',
    ]);
    await page.keyboard.press('}');
    expect(await page.evaluate(() => window.__clew.trace!.rowCount())).toBe(14 + 48);
    await page.keyboard.press('{');
    expect(await namesOf(page)).toEqual(['POST /checkout']);
    await context.close();
  });

  test('zooms, pans, fits, and comes back', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    await page.keyboard.press('w');
    const zoomed = await windowOf(page);
    expect(zoomed.to - zoomed.from).toBeCloseTo(1840e6 * 0.7, -6);
    await page.keyboard.press('d');
    expect((await windowOf(page)).from).toBeGreaterThan(zoomed.from);
    await page.keyboard.press('e');
    await page.keyboard.press('f');
    await page.keyboard.press('f');
    const fitted = await windowOf(page);
    expect(fitted.to - fitted.from).toBeCloseTo(1122e6 * 1.2, -6);
    await page.keyboard.press('0');
    expect(await windowOf(page)).toEqual({ from: 0, to: 1840e6 });
    await context.close();
  });

  test('finds, steps between matches, hides the rest, and clears with Esc', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    await page.keyboard.press('/');
    await page.keyboard.type('fraud');
    await page.getByText('3 matches').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 3').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('2 of 3').waitFor();
    await page.getByText('Only matches').click();
    expect(await namesOf(page)).toEqual([
      'POST /checkout',
      '/v1/checkout',
      'authorize',
      'score',
      'GET features',
      'model.predict',
    ]);
    const params = await search(page);
    expect([params.get('f'), params.get('fm')]).toEqual(['fraud', 'hide']);
    await page.getByRole('textbox', { name: /^Find spans/ }).press('Escape');
    expect(await page.evaluate(() => window.__clew.trace!.rowCount())).toBe(14);
    await context.close();
  });

  test('keeps the focus on the selected row of the tree', async () => {
    const { page, context } = await openRows(traceIds.large, '?fold=open');
    await page.getByRole('treegrid').getByRole('row').first().focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('PageDown');
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-selected') === 'true',
    );
    await page.keyboard.press('End');
    await page.waitForFunction(
      (last) => document.activeElement?.getAttribute('aria-rowindex') === last,
      await page.getByRole('treegrid').getAttribute('aria-rowcount'),
    );
    await context.close();
  });

  test('reaches everything by Tab, and its keys are in the sheet', async () => {
    const { page, context } = await openRows(traceIds.checkout);
    await page.getByRole('treegrid').getByRole('row').first().waitFor();
    const stops = new Set<string>();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      stops.add(
        await page.evaluate(
          () =>
            document.activeElement?.getAttribute('aria-label') ??
            document.activeElement?.textContent ??
            '',
        ),
      );
    }
    for (const label of [
      'Fold',
      'Height of the overview',
      'Width of the tree column',
      'Width of the details panel',
      'Close details',
    ]) {
      expect([...stops]).toContain(label);
    }
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('Shift+?');
    await page.getByText('Next match, error, span of the critical path').waitFor();
    await context.close();
  });
});

test('100,000 spans open, fold and scroll without waiting', async () => {
  const { page, context } = await openRows(traceIds.large);
  expect(await page.evaluate(() => window.__clew.trace!.spans)).toBe(LARGE);
  await page.keyboard.press('}');
  expect(await page.evaluate(() => window.__clew.trace!.rowCount())).toBeGreaterThanOrEqual(LARGE);
  await page.evaluate(() => window.__clew.trace!.resetFrameStats());
  await page.mouse.move(700, 500);
  for (let i = 0; i < 30; i++) await page.mouse.wheel(0, 5000);
  const stats = await page.evaluate(() => window.__clew.trace!.frameStats());
  // Wide enough for a loaded machine: an ordinary frame takes one or two milliseconds.
  expect(stats.drawMsMean).toBeLessThan(16);
  await page.keyboard.press('End');
  const count = await page.evaluate(() => window.__clew.trace!.rowCount());
  expect((await rowsOf(page)).at(-1)!.row).toBe(count - 1);
  await context.close();
});
