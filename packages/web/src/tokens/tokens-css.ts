/**
 * Tokens as a style sheet: run by Vite at build time (see vite.config.ts), so nothing of it is shipped as code.
 *
 * Never knows: the DOM.
 */
import { colours, fonts, lengths, others, shadowAlpha, type Theme, textSizes } from './tokens.ts';

/** The whole style sheet: `:root` for what both themes share, `[data-theme=…]` for colours. */
export function tokensCss(): string {
  const common = [
    ...Object.entries(fonts).map(([name, value]) => `--font-${name}: ${value}`),
    ...Object.entries(textSizes).map(([name, value]) => `--${name}: ${value}`),
    ...Object.entries(lengths).map(([name, value]) => `--${name}: ${value}px`),
    ...Object.entries(others).map(([name, value]) => `--${name}: ${value}`),
  ];
  return [
    block(':root', common),
    block(':root, [data-theme="dark"]', themeLines('dark')),
    block('[data-theme="light"]', themeLines('light')),
  ].join('\n');
}

function themeLines(theme: Theme): string[] {
  return [
    `color-scheme: ${theme}`,
    ...Object.entries(colours[theme]).map(([name, value]) => `--${name}: ${value}`),
    `--shadow-pop: 0 0 0 1px var(--line), 0 8px 24px rgb(0 0 0 / ${shadowAlpha[theme]})`,
  ];
}

function block(selector: string, lines: string[]): string {
  return `${selector} {\n${lines.map((line) => `  ${line};`).join('\n')}\n}`;
}
