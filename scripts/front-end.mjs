/**
 * What driving somebody else's user interface against Clew needs: its files served, its questions passed on unchanged, a
 * browser, and words that must be shown.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium as findChromium } from './chromium.mjs';

const web = fileURLToPath(new URL('../packages/web/package.json', import.meta.url));
const SHOWN_MS_MAX = 15_000;
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};

/**
 * @param {{ folder: string, clew: string, prefix?: string, isQuestion: (path: string) => boolean }} options
 *   `folder` holds the built interface, `prefix` is the path that it expects to be served under
 * @returns {Promise<{ page: import('playwright-core').Page, base: string, show: Function, say: Function, end: () => Promise<void> }>}
 */
export async function openFrontEnd({ folder, clew, prefix = '', isQuestion }) {
  const found = findChromium();
  if (found.path === undefined) throw new Error(found.reason);
  const server = createServer((asked, response) => {
    const path = asked.url.split('?', 1)[0];
    if (isQuestion(path)) passOn(asked, response, clew);
    else sendFile(response, folder, path.slice(prefix.length));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { chromium } = createRequire(web)('playwright-core');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath: found.path, args });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  return {
    page,
    base: `http://127.0.0.1:${server.address().port}${prefix}`,
    show: (step, text) => expectText(page, step, text),
    say,
    end: async () => {
      say('without errors in the page', faults.length === 0 ? undefined : faults.join('\n'));
      await browser.close();
      server.close();
    },
  };
}

/** Says whether the page comes to show the text. */
async function expectText(page, step, text) {
  const isIn = (wanted) => document.body.innerText.replace(/\s+/g, ' ').includes(wanted);
  const wrong = await page
    .waitForFunction(isIn, text, { timeout: SHOWN_MS_MAX })
    .then(() => undefined)
    .catch(() => page.locator('body').innerText());
  say(`${step}: ${text}`, wrong);
}

/** One line per claim; a wrong one makes the program end with 1. */
function say(what, wrong) {
  console.log(`${wrong === undefined ? 'shown ' : 'WRONG '} ${what}`);
  if (wrong === undefined) return;
  console.log(`       ${wrong.slice(0, 600)}`);
  process.exitCode = 1;
}

function passOn(asked, response, clew) {
  const { hostname, port, host } = new URL(clew);
  const { accept = '*/*', 'content-type': type } = asked.headers;
  const headers = { accept, host, ...(type && { 'content-type': type }) };
  const passed = request({ hostname, port, path: asked.url, method: asked.method, headers });
  passed.on('response', (answered) => {
    response.writeHead(answered.statusCode, answered.headers);
    answered.pipe(response);
  });
  passed.on('error', () => response.destroy());
  asked.pipe(passed);
}

function sendFile(response, folder, path) {
  const named = join(folder, normalize(path));
  const file = extname(named) !== '' && existsSync(named) ? named : join(folder, 'index.html');
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  response.end(readFileSync(file));
}
