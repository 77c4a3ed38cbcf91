/** Says which parameters of a link could not be read, until it is dismissed or the link changes. */
import { X } from 'lucide-react';
import { useState } from 'react';
import type { AddressNote } from '../address/trace-address.ts';
import { Button } from '../controls/Button.tsx';
import { words } from '../words.ts';
import styles from './UnreadNote.module.css';

export function UnreadNote({ notes }: { notes: readonly AddressNote[] }) {
  const text = notes.map(({ parameter, found }) => `${parameter}=${found.slice(0, 60)}`).join(', ');
  const [dismissed, setDismissed] = useState('');
  if (text === '' || text === dismissed) return null;
  return (
    <div className={styles.note} role="status">
      <span>{words.shell.unread(text)}</span>
      <Button look="quiet" aria-label={words.shell.dismiss} onPress={() => setDismissed(text)}>
        <X size={14} strokeWidth={1.5} aria-hidden="true" />
      </Button>
    </div>
  );
}
