/** Explore on a real server with the seeded shop: found, filtered, linked, by keyboard, accessible. */
import { describe, expect, test } from 'vitest';
import { expectAccessible, screens, shoot } from './browser.ts';
import { checkoutTraceId, requestCount, spanIdOf } from './seed.ts';
import { serveShop } from './served.ts';

const shop = serveShop();
const { open } = shop;

const grid = { traces: 'Traces found', spans: 'Spans found' };

describe.each(screens)('$theme $width', (screen) => {
  test('shows the newest traces', async () => {
    const { page, context, complaints } = await open('/explore', screen);
    const table = page.getByRole('grid', { name: grid.traces });
    await table.getByText('POST /checkout').waitFor();
    await page.getByText('newest 100 traces').waitFor();
    await shoot(page, 'explore', screen);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('explains an empty answer', async () => {
    const { page, context, complaints } = await open(
      '/explore?service=storefront&where=span.http.response.status_code%3D404',
      screen,
    );
    await page.getByRole('heading', { name: 'No traces in this time range match' }).waitFor();
    await page.getByText('finds traces').first().waitFor();
    await page.getByText('checking…').first().waitFor({ state: 'detached' });
    await shoot(page, 'explore-empty', screen);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Ask http.response.status_code = 503' }).click();
    await page.waitForURL('**/explore?service=storefront&where=*status_code%3D503');
    await page.getByRole('grid').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('the page reads the same to a screen reader', async () => {
  const { page, context } = await open('/explore?service=payments&status=error');
  const table = page.getByRole('grid', { name: grid.traces });
  await table.getByText('POST /checkout').waitFor();
  expect(await page.getByRole('search').ariaSnapshot()).toMatchInlineSnapshot(`
    "- search "Question":
      - text: TraceQL
      - combobox "TraceQL": "{ resource.service.name = \\"payments\\" && status = error }"
      - button "Copy TraceQL"
      - group:
        - combobox "Service": payments
        - button "Show suggestions"
        - button "Clear Service"
      - group:
        - combobox "Operation"
        - button "Show suggestions"
      - text: Status
      - button "error Status": error
      - text: Kind
      - button "any Kind": any
      - textbox "Shortest duration":
        - /placeholder: min
      - textbox "Longest duration":
        - /placeholder: max
      - button "Add a condition on an attribute": Attribute
      - button "Clear all"
      - button "Run""
  `);
  const row = await table.getByRole('row').nth(1).ariaSnapshot();
  const steady = row.replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME').replace(/ts=\d+/, 'ts=MS');
  expect(steady).toMatchInlineSnapshot(`
    "- row "TIME storefront POST /checkout 1.84 s 1 of 11 1 error 7 services":
      - gridcell "TIME":
        - time: TIME
      - gridcell "storefront POST /checkout":
        - link "storefront POST /checkout":
          - /url: /trace/4bf92f3577b34da6a3ce929d0e0e4736?ts=MS
      - gridcell "1.84 s"
      - gridcell "1 of 11"
      - gridcell "1 error"
      - gridcell "7 services""
  `);
  await context.close();
});

test('picking a service asks at once and is in the link', async () => {
  const { page, context, complaints } = await open('/explore');
  await page.getByRole('combobox', { name: 'Service' }).fill('pay');
  await page.getByRole('option', { name: 'payments' }).click();
  await page.waitForURL('**/explore?service=payments');
  await page.getByText('1 traces').or(page.getByText('1 trace')).first().waitFor();
  await page.getByRole('combobox', { name: 'Operation' }).click();
  await page.getByRole('option', { name: 'SELECT card_tokens' }).click();
  await page.waitForURL('**/explore?service=payments&op=SELECT+card_tokens');
  const query = page.getByRole('combobox', { name: 'TraceQL' });
  expect(await query.inputValue()).toBe(
    '{ resource.service.name = "payments" && name = "SELECT card_tokens" }',
  );
  await page.goBack();
  await page.waitForURL('**/explore?service=payments');
  await expect.poll(() => page.getByRole('combobox', { name: 'Operation' }).inputValue()).toBe('');
  expect(complaints).toEqual([]);
  await context.close();
});

test('an attribute is added with completion and found', async () => {
  const { page, context, complaints } = await open('/explore?tab=spans');
  await page.getByRole('button', { name: 'Add a condition on an attribute' }).click();
  await page.getByRole('combobox', { name: 'Attribute' }).fill('db.sys');
  await page.getByRole('option', { name: /span\.db\.system/ }).click();
  await page.getByRole('combobox', { name: 'Value' }).click();
  await page.getByRole('option', { name: 'postgresql' }).click();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.waitForURL('**/explore?tab=spans&where=span.db.system%3Dpostgresql');
  const table = page.getByRole('grid', { name: grid.spans });
  await table.getByText('SELECT card_tokens').waitFor();
  await page.getByRole('button', { name: 'Remove span.db.system=postgresql' }).click();
  await page.waitForURL('**/explore?tab=spans');
  expect(complaints).toEqual([]);
  await context.close();
});

test('what is typed counts, whether it was suggested or not', async () => {
  const { page, context } = await open('/explore');
  const service = page.getByRole('combobox', { name: 'Service' });
  await service.fill('not-seen-yet');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/explore?service=not-seen-yet');
  await page.getByRole('button', { name: 'Clear Service' }).click();
  await page.waitForURL('**/explore');
  await expect.poll(() => service.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add a condition on an attribute' }).click();
  await page.getByRole('combobox', { name: 'Attribute' }).fill('http.response.status_code>=500');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/explore?where=http.response.status_code%3E%3D500');
  await context.close();
});

test('a condition is edited where it stands', async () => {
  const { page, context } = await open('/explore?where=span.a%3D1&where=span.b%3D2');
  await page.getByRole('button', { name: 'Edit span.a=1' }).click();
  await page.getByRole('combobox', { name: 'Value' }).fill('9');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/explore?where=span.a%3D9&where=span.b%3D2');
  await context.close();
});

test('questions asked before are offered again', async () => {
  const { page, context } = await open('/explore?service=payments&status=error');
  await page.getByRole('grid').getByText('POST /checkout').waitFor();
  await page.getByRole('button', { name: 'Clear all' }).click();
  await page.getByRole('link', { name: 'traces · service = payments · status = error' }).click();
  await page.waitForURL('**/explore?service=payments&status=error');
  await page.getByRole('grid').getByText('1 of 11').waitFor();
  await context.close();
});

test('durations are typed', async () => {
  const { page, context } = await open('/explore');
  await page.getByRole('textbox', { name: 'Shortest duration' }).fill('1s');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/explore?min=1s');
  await page.getByRole('grid').getByText('POST /checkout').waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBe(3);
  await page.getByRole('textbox', { name: 'Longest duration' }).fill('soon');
  await page.keyboard.press('Enter');
  expect(page.url()).toMatch(/min=1s$/);
  await context.close();
});

test('rows are walked and opened by keyboard', async () => {
  const { page, context } = await open('/explore');
  const table = page.getByRole('grid', { name: grid.traces });
  await table.getByText('POST /checkout').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  expect(await table.getByRole('row', { selected: true }).textContent()).toContain(
    'POST /checkout',
  );
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/trace/${checkoutTraceId}?ts=*`);
  await context.close();
});

test('more pages come by button until all are there', async () => {
  const { page, context } = await open('/explore?service=storefront');
  for (const shown of ['100', '200']) {
    await page.getByText(`newest ${shown} traces`).waitFor();
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Load more' }).click();
  }
  await page.getByText(`${requestCount + 1} traces`).waitFor();
  await page.getByText('That is all in this time range.').waitFor();
  await context.close();
});

test('a span opens its trace at the span', async () => {
  const { page, context } = await open('/explore?tab=spans&service=payments&status=error');
  await page.getByRole('grid', { name: grid.spans }).getByText('SELECT card_tokens').click();
  await page.waitForURL(`**/trace/${checkoutTraceId}?span=${spanIdOf(checkoutTraceId, 8)}&ts=*`);
  await context.close();
});

test('a time range is typed', async () => {
  const { page, context } = await open('/explore');
  await page.getByRole('grid').waitFor();
  await page.keyboard.press('t');
  const field = page.getByRole('textbox', { name: 'Type a range' });
  await field.fill('soonish');
  await page.keyboard.press('Enter');
  await page.getByText('This is not a time range.').waitFor();
  await expectAccessible(page, 'popover');
  await field.fill('last 90 minutes');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/explore?from=now-90m');
  await page.getByRole('button', { name: 'Time range: Last 90 min' }).waitFor();
  await context.close();
});

test('live shows a new trace by itself', async () => {
  const { page, context } = await open('/explore?live=1&service=latecomer');
  await page.getByRole('heading', { name: /No traces/ }).waitFor();
  await shop.server.send(lateTrace());
  await page.getByRole('grid').getByText('arrive late').waitFor();
  await context.close();
});

test('an unreadable link says what was ignored', async () => {
  const { page, context } = await open('/explore?status=bad&tab=bars');
  await page.getByText('was ignored: tab=bars, status=bad.').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByText('was ignored').waitFor({ state: 'detached' });
  await context.close();
});

test('a server that is away is asked again until it is back', async () => {
  const { page, context } = await open('/explore');
  await page.getByRole('grid').getByText('POST /checkout').waitFor();
  await context.setOffline(true);
  await page.getByRole('combobox', { name: 'Service' }).fill('payments');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('The Clew server cannot be reached.').waitFor();
  await context.setOffline(false);
  await page.getByRole('grid').getByText('POST /checkout').waitFor();
  await context.close();
});

test('what the server refuses is shown in its words', async () => {
  const { page, context } = await open(`/explore?service=${'x'.repeat(2_000)}`);
  const alert = page.getByRole('alert');
  await alert.getByText('The question could not be answered').waitFor();
  await alert.getByText('wanted 1 to 1024 characters').waitFor();
  await alert.getByText('Request id').waitFor();
  await expectAccessible(page);
  await context.close();
});

function lateTrace(): object {
  const start = `${Date.now()}000000`;
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'latecomer' } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: 'd'.repeat(32),
                spanId: 'd'.repeat(16),
                name: 'arrive late',
                startTimeUnixNano: start,
                endTimeUnixNano: start,
              },
            ],
          },
        ],
      },
    ],
  };
}
