/** Goes round system → dark → light. */
import { Monitor, Moon, Sun } from 'lucide-react';
import { Button } from '../controls/Button.tsx';
import { words } from '../words.ts';
import { type ThemeChoice, useTheme } from './theme.ts';

const icons = { system: Monitor, dark: Moon, light: Sun } as const;
const following: Record<ThemeChoice, ThemeChoice> = {
  system: 'dark',
  dark: 'light',
  light: 'system',
};

export function ThemeButton() {
  const choice = useTheme((state) => state.choice);
  const setChoice = useTheme((state) => state.setChoice);
  const Icon = icons[choice];
  const label = `${words.shell.theme}: ${words.shell.themes[choice]}`;
  return (
    <Button
      look="quiet"
      aria-label={label}
      title={label}
      onPress={() => setChoice(following[choice])}
    >
      <Icon size={16} strokeWidth={1.5} aria-hidden="true" />
    </Button>
  );
}
