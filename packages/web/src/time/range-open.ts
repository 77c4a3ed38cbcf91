/** Whether the time range popover is open: the key `t` opens it from anywhere on the page. */
import { create } from 'zustand';

type RangeOpen = { readonly isOpen: boolean; readonly setOpen: (isOpen: boolean) => void };

export const useRangeOpen = create<RangeOpen>((set) => ({
  isOpen: false,
  setOpen: (isOpen) => set({ isOpen }),
}));
