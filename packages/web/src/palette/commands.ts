/**
 * The commands behind `>` in the palette.
 *
 * Never knows: how they are found.
 */
import { useNavigate } from '@tanstack/react-router';
import { exploreLink } from '../address/links.ts';
import { useKeySheet } from '../keys/page-keys.ts';
import { useShare } from '../shell/share.ts';
import { useTheme } from '../shell/theme.ts';
import { words } from '../words.ts';
import type { Command } from './palette-rows.ts';

export function useCommands(): Command[] {
  const navigate = useNavigate();
  const setTheme = useTheme((state) => state.setChoice);
  const share = useShare((state) => state.share);
  const openKeys = useKeySheet((state) => state.setOpen);
  const says = words.palette.commands;
  return [
    { id: 'explore', title: says.explore, detail: 'g e', run: () => void navigate(exploreLink()) },
    {
      id: 'errors',
      title: says.errors,
      run: () => void navigate(exploreLink({ tab: 'spans', status: 'error' })),
    },
    {
      id: 'connect',
      title: says.connect,
      run: () => void navigate({ to: '/', search: { connect: '1' } }),
    },
    { id: 'link', title: says.link, detail: 'Shift S', run: () => void share() },
    { id: 'dark', title: says.dark, run: () => setTheme('dark') },
    { id: 'light', title: says.light, run: () => setTheme('light') },
    { id: 'system', title: says.system, run: () => setTheme('system') },
    { id: 'keys', title: says.keys, detail: '?', run: () => openKeys(true) },
  ];
}
