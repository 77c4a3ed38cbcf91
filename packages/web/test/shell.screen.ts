/** The shell on a real server: palette, theme, share, keys, addresses that lead nowhere. */
import { describe, expect, test } from 'vitest';
import { expectAccessible, screens, shoot } from './browser.ts';
import { firstLoadBytes } from './first-load.ts';
import { checkoutTraceId, spanIdOf } from './seed.ts';
import { serveShop } from './served.ts';

const shop = serveShop();

async function open(path: string, screen = screens[0]!) {
  const opened = await shop.open(path, screen);
  await opened.page.getByRole('navigation', { name: 'Main' }).waitFor();
  return opened;
}

describe.each(screens)('$theme $width', (screen) => {
  test('the palette finds services and commands', async () => {
    const { page, context, complaints } = await open('/explore', screen);
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('searchbox', { name: 'Search, jump, commands' });
    await field.waitFor();
    await page.getByRole('option', { name: 'storefront' }).waitFor();
    await shoot(page, 'palette', screen);
    await expectAccessible(page);
    await field.fill('>');
    await expect.poll(() => page.getByRole('option').count()).toBeGreaterThan(5);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('the key sheet lists what the page binds', async () => {
    const { page, context } = await open('/explore', screen);
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('Shift+?');
    const sheet = page.getByRole('dialog', { name: 'Keys' });
    await sheet.getByText('Open the row').waitFor();
    await shoot(page, 'keys', screen);
    await expectAccessible(page);
    await context.close();
  });
});

test('a pasted log line opens its trace at its span', async () => {
  const { page, context } = await open('/explore');
  await page.keyboard.press('/');
  const spanId = spanIdOf(checkoutTraceId, 8);
  await page
    .getByRole('searchbox')
    .fill(
      `WARN slow query traceparent=00-${checkoutTraceId.toUpperCase()}-${spanId}-01 in payments`,
    );
  await page.getByRole('option', { name: checkoutTraceId }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/trace/${checkoutTraceId}?span=${spanId}`);
  await context.close();
});

test('a service and a few letters lead to an operation', async () => {
  const { page, context } = await open('/explore');
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').fill('payments sel');
  await page.getByRole('option', { name: 'SELECT card_tokens' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/explore?service=payments&op=SELECT+card_tokens');
  await context.close();
});

test('the theme is chosen, kept and there before the first paint', async () => {
  const { page, context } = await open('/explore');
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
  expect(await theme()).toBe('dark');
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').fill('> theme: light');
  await page.keyboard.press('Enter');
  await expect.poll(theme).toBe('light');
  await page.reload({ waitUntil: 'commit' });
  await expect.poll(theme).toBe('light');
  await page.getByRole('button', { name: 'Theme: Light' }).click();
  await page.getByRole('button', { name: 'Theme: System' }).waitFor();
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(theme).toBe('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(theme).toBe('dark');
  await context.close();
});

test('sharing copies the link', async () => {
  const { page, context } = await open('/explore?service=payments');
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  await context.close();
});

test('single letters rest while something is typed, and can be switched off', async () => {
  const { page, context } = await open('/explore');
  await page.getByRole('grid').waitFor();
  await page.getByRole('textbox', { name: 'Shortest duration' }).focus();
  await page.keyboard.type('t');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.getByText('Single-letter keys').click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('t');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').waitFor();
  await context.close();
});

test('the keyboard gets everywhere, from the skip link on', async () => {
  const { page, context } = await open('/explore');
  await page.getByRole('grid').waitFor();
  const stops: string[] = [];
  for (let index = 0; index < 40; index++) {
    await page.keyboard.press('Tab');
    stops.push(
      await page.evaluate(() => {
        const focused = document.activeElement;
        return focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
      }),
    );
    if (stops.at(-1) === 'Traces found') break;
  }
  expect(stops[0]).toBe('Skip to content');
  expect(stops).toContain('Run');
  expect(stops.at(-1)).toBe('Traces found');
  await context.close();
});

test('an id in any spelling is brought into one form', async () => {
  const { page, context } = await open(`/trace/${checkoutTraceId.toUpperCase()}?view=raw`);
  await page.waitForURL(`**/trace/${checkoutTraceId}?view=raw`);
  await context.close();
});

test.each(['/explore', '/?connect=1'])('%s fits a window of 320 px', async (path) => {
  const { page, context } = await open(path, { theme: 'dark', width: 320, height: 640 });
  await page.getByRole('heading').first().waitFor();
  await page.waitForLoadState('networkidle');
  const overflow = await page.evaluate(() => {
    const main = document.querySelector('main');
    return (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0);
  });
  expect(overflow).toBe(0);
  await context.close();
});

test('an address that no page has says so', async () => {
  const { page, context } = await open('/nowhere');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Open Explore' }).click();
  await page.waitForURL('**/explore');
  await context.close();
});

test.each(['ExplorePage', 'TraceRoute', 'HomePage'])(
  'the first load of %s stays inside its budget',
  (page) => {
    expect(firstLoadBytes(page)).toBeLessThan(220_000);
  },
);
