/**
 * The canvas under forced colours (high contrast of the system): system colour keywords instead of the theme's.
 *
 * Service hues stay: they are data, like pictures, and every bar has its name beside it.
 * Never knows: whether forced colours are on.
 */
import type { CanvasTheme } from '../tokens/canvas-theme.ts';

export function forcedColours(theme: CanvasTheme): CanvasTheme {
  return {
    ...theme,
    background: ['Canvas', 'Canvas', 'Canvas', 'Canvas', 'Canvas'],
    line: 'CanvasText',
    lineStrong: 'CanvasText',
    text: ['CanvasText', 'CanvasText', 'CanvasText'],
    accent: 'Highlight',
    onAccent: 'HighlightText',
    accentBackground: 'Canvas',
    focus: 'Highlight',
    error: 'LinkText',
    warning: 'CanvasText',
    selection: 'Highlight',
    criticalPath: 'CanvasText',
    criticalPathHalo: 'Canvas',
  };
}
