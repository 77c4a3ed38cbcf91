/**
 * A modal layer over the page: focus stays inside, Esc and a click outside close it, focus goes back afterwards.
 *
 * Never knows: what is in it.
 */
import type { ReactNode } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import styles from './Layer.module.css';

export type LayerProps = {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly label: string;
  /** px; narrower windows shrink it. */
  readonly width: number;
  readonly children: ReactNode;
};

export function Layer({ isOpen, onOpenChange, label, width, children }: LayerProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable
      className={styles.overlay!}
    >
      <Modal className={styles.modal!} style={{ width }}>
        <Dialog aria-label={label} className={styles.dialog!}>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
