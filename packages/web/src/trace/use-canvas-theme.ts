/** The theme object of the canvas, following the chosen theme and the system's forced colours. */
import { useMemo, useSyncExternalStore } from 'react';
import { forcedColours } from '../draw/forced-colours.ts';
import { useTheme } from '../shell/theme.ts';
import { type CanvasTheme, canvasTheme } from '../tokens/canvas-theme.ts';

const forced = matchMedia('(forced-colors: active)');

export function useCanvasTheme(): CanvasTheme {
  const theme = useTheme((state) => state.theme);
  const isForced = useSyncExternalStore(
    (listener) => {
      forced.addEventListener('change', listener);
      return () => forced.removeEventListener('change', listener);
    },
    () => forced.matches,
  );
  return useMemo(() => {
    const plain = canvasTheme(theme);
    return isForced ? forcedColours(plain) : plain;
  }, [theme, isForced]);
}
