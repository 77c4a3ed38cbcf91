/** A switch with its word. */
import type { ReactNode } from 'react';
import { Switch } from 'react-aria-components';
import styles from './Toggle.module.css';

export type ToggleProps = {
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly children: ReactNode;
};

export function Toggle({ isSelected, onChange, children }: ToggleProps) {
  return (
    <Switch isSelected={isSelected} onChange={onChange} className={styles.toggle!}>
      <span className={styles.track} aria-hidden="true" />
      {children}
    </Switch>
  );
}
