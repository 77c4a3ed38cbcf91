/**
 * The browser of the screen tests: one Chromium, pages that fail the test on any error they log, shots for people, axe.
 *
 * Never knows: the pages.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export type Screen = {
  readonly theme: 'dark' | 'light';
  readonly width: number;
  readonly height: number;
};

export const screens: readonly Screen[] = [
  { theme: 'dark', width: 1440, height: 900 },
  { theme: 'light', width: 1440, height: 900 },
  { theme: 'dark', width: 1024, height: 768 },
  { theme: 'light', width: 1024, height: 768 },
];

/** Rendering without anything that differs between machines. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];

/** Screenshots are for people to look at; the test's own gate is the text of the page. */
export const shotFolder = process.env['CLEW_SHOTS'] ?? join(tmpdir(), 'clew-shots');

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CLEW_CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
  });
}

export type OpenPage = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained about so far; a test ends with none. */
  readonly complaints: string[];
};

/** A fresh page (no storage) with the screen's size and theme. */
export async function openPage(browser: Browser, screen: Screen = screens[0]!): Promise<OpenPage> {
  const { theme, width, height } = screen;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** Saves a picture as `<name>-<theme>-<width>.png`. */
export async function shoot(page: Page, name: string, screen: Screen): Promise<void> {
  mkdirSync(shotFolder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({
    path: join(shotFolder, `${name}-${screen.theme}-${screen.width}.png`),
    caret: 'hide',
  });
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * No violation of WCAG 2.2 A and AA or of axe's best practices, on the page as it is.
 *
 * @param layer a popover is open. React Aria puts a hidden dismiss button beside its dialog, which axe's best practice
 * `region` counts as content outside of landmarks; everything else is still checked.
 */
export async function expectAccessible(page: Page, layer?: 'popover'): Promise<void> {
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const options = layer === 'popover' ? { rules: { region: { enabled: false } } } : {};
  const { violations } = (await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)})`,
  )) as AxeResults;
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => `    ${html}`).join('\n')}`,
  );
  expect(found).toEqual([]);
}
