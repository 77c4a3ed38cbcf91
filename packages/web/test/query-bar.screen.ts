/** TraceQL in Explore on a real server: links with a query, completion, errors under the text, why an answer is empty. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible, screens, shoot } from './browser.ts';
import { serveShop } from './served.ts';

const shop = serveShop();

async function open(path: string, screen = screens[0]!) {
  const opened = await shop.open(path, screen);
  const bar = field(opened.page);
  await bar.waitFor();
  return { ...opened, bar };
}

const field = (page: Page) => page.getByRole('combobox', { name: 'TraceQL' });
const asking = (q: string, rest = '') => `/explore?q=${encodeURIComponent(q)}${rest}`;
const asked = (page: Page) => new URL(page.url()).searchParams.get('q');
const active = (page: Page) => page.getByRole('option', { selected: true }).locator('code');

describe.each(screens)('$theme $width', (screen) => {
  test('a link with a query opens with it run, and the form shows what it can', async () => {
    const link = asking('{ status = error && resource.service.name = "payments" }', '&from=now-1h');
    const { page, context, complaints } = await open(link, screen);
    await page.getByRole('grid').getByText('1 of 11').waitFor();
    await expect
      .poll(() => page.getByRole('combobox', { name: 'Service' }).inputValue())
      .toBe('payments');
    await page.getByRole('button', { name: 'error Status' }).waitFor();
    await shoot(page, 'query', screen);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('completion stands under the cursor', async () => {
    const { page, bar, context, complaints } = await open('/explore', screen);
    await page.getByRole('grid').waitFor();
    await bar.pressSequentially('{ status = error && span.db');
    await page.getByRole('option', { name: 'span.db.system' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await shoot(page, 'query-completion', screen);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('a mistake is drawn under the text while it is typed', async () => {
    const { page, bar, context, complaints } = await open('/explore', screen);
    await bar.fill('{ durration > 1s && status = error }');
    await page.keyboard.press('Escape');
    await page.getByText(/line 1, column 3: .*duration/).waitFor();
    expect(await page.locator('pre').textContent()).toMatch(/\n +\^{9}$/);
    expect(await bar.getAttribute('aria-invalid')).toBe('true');
    await shoot(page, 'query-mistake', screen);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an empty answer says why, and what finds something', async () => {
    const link = asking('{ resource.service.name = "payments" && span.db.sistem = "postgresql" }');
    const { page, context, complaints } = await open(link, screen);
    await page.getByRole('heading', { name: 'No traces in this time range match' }).waitFor();
    const near = page.getByRole('button', { name: /^Ask .*span\.db\.system = "postgresql"/ });
    await near.waitFor();
    await page.getByText('checking…').first().waitFor({ state: 'detached' });
    await page.getByText('holds for none').waitFor();
    await shoot(page, 'query-empty', screen);
    await expectAccessible(page);
    await near.click();
    await page.getByRole('grid').getByText('1 of 11').waitFor();
    expect(asked(page)).toContain('span.db.system = "postgresql"');
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('a query that the form cannot hold stays text', async () => {
  const { page, bar, context } = await open(asking('{ } >> { status = error }'));
  await page.getByText('The fields cannot hold this query').waitFor();
  expect(await bar.inputValue()).toBe('{ } >> { status = error }');
  await page.getByRole('grid').getByText('POST /checkout').waitFor();
  await page.getByRole('button', { name: 'Clear all' }).click();
  await page.waitForURL('**/explore');
  await page.getByRole('combobox', { name: 'Service' }).waitFor();
  await context.close();
});

test('a field changed writes the text anew, and going back brings the text back', async () => {
  const { page, bar, context } = await open(asking('{ status = error }'));
  await page.getByRole('combobox', { name: 'Service' }).fill('payments');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/explore?service=payments&status=error');
  const both = '{ resource.service.name = "payments" && status = error }';
  await expect.poll(() => bar.inputValue()).toBe(both);
  // A field in focus opens its list when its value changes.
  await page.keyboard.press('Tab');
  await page.goBack();
  await expect.poll(() => bar.inputValue()).toBe('{ status = error }');
  await context.close();
});

test('a query is written with the keyboard alone', async () => {
  const { page, bar, context, complaints } = await open('/explore?tab=spans');
  await page.getByRole('grid').waitFor();
  await page.keyboard.press('q');
  expect(await bar.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press('Control+ ');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => active(page).textContent()).toBe('{ }');
  await page.keyboard.press('Enter');
  expect(await bar.inputValue()).toBe('{  }');
  await page.keyboard.type('span.db.sy');
  await page.getByRole('option', { name: 'span.db.system' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('= "p');
  await page.getByRole('option', { name: 'postgresql' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await bar.inputValue()).toBe('{ span.db.system = "postgresql" }');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expect.poll(() => asked(page)).toBe('{ span.db.system = "postgresql" }');
  await page.getByRole('grid').getByText('SELECT card_tokens').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('services and their operations are offered as values', async () => {
  const { page, bar, context } = await open('/explore');
  await bar.fill('{ resource.service.name = "pay');
  await page.getByRole('option', { name: '"payments"' }).click();
  await page.keyboard.type('&& name = "SEL');
  await page.getByRole('option', { name: '"SELECT card_tokens"' }).click();
  expect(await bar.inputValue()).toBe(
    '{ resource.service.name = "payments" && name = "SELECT card_tokens" ',
  );
  await context.close();
});

test('Esc closes the list, then gives up the draft', async () => {
  const { page, bar, context } = await open(asking('{ status = error }'));
  await bar.fill('{ sta');
  await page.getByRole('listbox').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('listbox').waitFor({ state: 'detached' });
  expect(await bar.inputValue()).toBe('{ sta');
  await page.keyboard.press('Escape');
  expect(await bar.inputValue()).toBe('{ status = error }');
  await context.close();
});

test('a query with a mistake is not asked, and said aloud', async () => {
  const { page, bar, context } = await open('/explore');
  await page.getByRole('grid').waitFor();
  await bar.fill('{ status = ');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('line 1, column').waitFor();
  expect(page.url()).toMatch(/\/explore$/);
  await page.getByRole('button', { name: 'Run' }).click();
  expect(page.url()).toMatch(/\/explore$/);
  await context.close();
});

test('a link with a mistake says where it is', async () => {
  const { page, context } = await open(asking('{ status = errror }'));
  await page.getByRole('alert').getByText('the place is marked above').waitFor();
  await page.getByText(/line 1, column 12: /).waitFor();
  await expectAccessible(page);
  await context.close();
});

test('what only the server refuses is shown in its words', async () => {
  const { page, context } = await open(asking('{ } | rate()'));
  const alert = page.getByRole('alert');
  await alert.getByText('The question could not be answered').waitFor();
  await alert.getByText('Request id').waitFor();
  await expectAccessible(page);
  await context.close();
});
