/** Whether the palette is open, and with which text. Apart from the palette itself, which is loaded on first use. */
import { create } from 'zustand';

type PaletteState = {
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
};

export const usePalette = create<PaletteState>((set) => ({
  isOpen: false,
  open: () => set({ isOpen: true }),
  close: () => set({ isOpen: false }),
}));
