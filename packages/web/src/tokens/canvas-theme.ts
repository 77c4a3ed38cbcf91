/**
 * The tokens as the canvas wants them: plain strings and numbers, no custom properties to resolve per frame.
 *
 * Never knows: the DOM, which theme is chosen.
 */
import { colours, fonts, lengths, serviceHues, type Theme } from './tokens.ts';

export type CanvasTheme = {
  readonly theme: Theme;
  /** Surfaces from the page (0) to the most raised (4). */
  readonly background: readonly [string, string, string, string, string];
  readonly line: string;
  readonly lineStrong: string;
  /** Text from strong (0) to quiet (2). */
  readonly text: readonly [string, string, string];
  readonly accent: string;
  readonly onAccent: string;
  readonly accentBackground: string;
  readonly focus: string;
  readonly error: string;
  readonly warning: string;
  readonly ok: string;
  readonly criticalPath: string;
  readonly criticalPathHalo: string;
  readonly selection: string;
  readonly slower: string;
  readonly faster: string;
  /** Eight hues; see `lookOf` for the texture on top. */
  readonly services: readonly string[];
  readonly fontUi: string;
  readonly fontMono: string;
  /** Body text, px. */
  readonly fontSize: number;
  readonly rowHeight: number;
  readonly barHeight: number;
  readonly barRadius: number;
};

/** Builds the theme object of one theme; the same call gives an equal object, so callers may cache it. */
export function canvasTheme(theme: Theme): CanvasTheme {
  const c = colours[theme];
  return {
    theme,
    background: [c['bg-0'], c['bg-1'], c['bg-2'], c['bg-3'], c['bg-4']],
    line: c.line,
    lineStrong: c['line-strong'],
    text: [c.t1, c.t2, c.t3],
    accent: c.accent,
    onAccent: c['on-accent'],
    accentBackground: c['accent-bg'],
    focus: c.focus,
    error: c.err,
    warning: c.warn,
    ok: c.ok,
    criticalPath: c.crit,
    criticalPathHalo: c['crit-halo'],
    selection: c.sel,
    slower: c.slower,
    faster: c.faster,
    services: serviceHues.map((name) => c[name]),
    fontUi: fonts.ui,
    fontMono: fonts.mono,
    fontSize: 12.5,
    rowHeight: lengths.row,
    barHeight: lengths.bar,
    barRadius: lengths['radius-1'],
  };
}
