/** The first minute on a real, empty server: instructions, a counter, and the first trace by itself. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { expectAccessible, type OpenPage, screens, shoot } from './browser.ts';
import { serve } from './served.ts';

const run = promisify(execFile);

const clew = serve();

/** The tests of this file run in order: the server is empty until the flip. */
describe.each(screens)('$theme $width', (screen) => {
  test('waits for the first span', async () => {
    const { page, context, complaints } = await clew.open('', screen);
    await page.getByText('Waiting for the first span').waitFor();
    await shoot(page, 'first-run', screen);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('tells where to send', async () => {
  const { page, context } = await clew.open('');
  const http = page.getByRole('region', { name: 'OTLP/HTTP' });
  expect(await http.textContent()).toBe(clew.server.otlpHttp);
  await page.getByRole('tab', { name: 'Python' }).click();
  const text = await page.getByRole('region', { name: 'Python' }).textContent();
  expect(text).toContain(`export OTEL_EXPORTER_OTLP_ENDPOINT=${clew.server.otlpHttp}`);
  await page.getByRole('button', { name: 'Copy: Python' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  await context.close();
});

test('Explore without data leads here', async () => {
  const { page, context } = await clew.open('/explore');
  await page.getByRole('link', { name: /Is anything sending/ }).click();
  await page.getByText('Endpoints').waitFor();
  await context.close();
});

test('flips to the first trace, sent by the very command the page shows', async () => {
  const staying = await waitingPage();
  const following = await waitingPage();
  const command = await following.page
    .getByRole('region', { name: 'Or send one span by hand' })
    .textContent();
  await run('sh', ['-c', `${command!.replace(/^curl/, 'curl -sS --fail')}`]);

  await staying.page.getByText('The first trace is here').waitFor();
  await staying.page.getByRole('button', { name: 'Stay here' }).click();
  await expectAccessible(staying.page);
  await shoot(staying.page, 'first-trace', screens[0]!);

  await following.page.waitForURL(/\/trace\/[0-9a-f]{32}\?ts=\d+$/);
  expect(new URL(staying.page.url()).pathname).toBe('/');
  await staying.page.getByRole('link', { name: 'Open the trace' }).click();
  await staying.page.waitForURL(/\/trace\/[0-9a-f]{32}\?ts=\d+$/);
  await staying.context.close();
  await following.context.close();
});

test('with data, the start is Explore, and the addresses are a command away', async () => {
  const { page, context } = await clew.open('');
  await page.waitForURL('**/explore');
  await page.getByRole('grid').getByText('first span').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').fill('> connect');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/?connect=1');
  await page.getByText('Receiving spans').waitFor();
  await context.close();
});

async function waitingPage(): Promise<OpenPage> {
  const opened = await clew.open('');
  await opened.page.getByText('Waiting for the first span').waitFor();
  return opened;
}
