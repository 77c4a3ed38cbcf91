/** Text to paste elsewhere, with its copy button. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { copyText } from '../shell/share.ts';
import { words } from '../words.ts';
import styles from './CodeBlock.module.css';

export function CodeBlock({ label, text }: { label: string; text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 2_000);
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={styles.text} tabIndex={0} aria-label={label}>
        <pre>{text}</pre>
      </section>
      <div className={styles.copy}>
        <Button
          look="quiet"
          aria-label={`${isCopied ? words.shell.copied : words.firstRun.copy}: ${label}`}
          onPress={() => void copy()}
        >
          <Icon size={14} strokeWidth={1.5} aria-hidden="true" />
        </Button>
      </div>
    </div>
  );
}
