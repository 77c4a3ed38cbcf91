/**
 * The `?` sheet: every key of the page that is open, and the switch for single letters.
 *
 * Its content comes from what the pages bind. Never knows: the pages.
 */
import { X } from 'lucide-react';
import { Fragment } from 'react';
import { Button } from '../controls/Button.tsx';
import { Layer } from '../controls/Layer.tsx';
import { Toggle } from '../controls/Toggle.tsx';
import { type KeySection, useKeySheet } from '../keys/page-keys.ts';
import { words } from '../words.ts';
import styles from './KeySheet.module.css';

export function KeySheet() {
  const { isOpen, setOpen, sections, singleKeys, setSingleKeys } = useKeySheet();
  return (
    <Layer isOpen={isOpen} onOpenChange={setOpen} label={words.keys.title} width={640}>
      <header className={styles.head}>
        <h2>{words.keys.title}</h2>
        <Button look="quiet" aria-label={words.shell.close} onPress={() => setOpen(false)}>
          <X size={16} strokeWidth={1.5} aria-hidden="true" />
        </Button>
      </header>
      <div className={styles.sections}>
        {merged([...sections.values()]).map((section) => (
          <Section key={section.title} section={section} />
        ))}
      </div>
      <footer className={styles.foot}>
        <Toggle isSelected={singleKeys} onChange={setSingleKeys}>
          {words.keys.single}
        </Toggle>
        <span>{words.keys.singleSays}</span>
      </footer>
    </Layer>
  );
}

function Section({ section }: { section: KeySection }) {
  return (
    <section>
      <h3 className={styles.title}>{section.title}</h3>
      <dl className={styles.list}>
        {section.bindings.map((binding) => (
          <Fragment key={binding.shown}>
            <dt>
              {binding.shown.split(' ').map((cap, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the caps of one binding never change order.
                <kbd key={index}>{cap}</kbd>
              ))}
            </dt>
            <dd>{binding.says}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

/** Sections of one title become one, the page's own before the shell's. */
function merged(sections: readonly KeySection[]): KeySection[] {
  const byTitle = new Map<string, KeySection>();
  for (const { title, bindings } of sections) {
    const before = byTitle.get(title)?.bindings ?? [];
    byTitle.set(title, { title, bindings: [...before, ...bindings] });
  }
  const last = byTitle.get(words.keys.everywhere);
  byTitle.delete(words.keys.everywhere);
  return [...byTitle.values(), ...(last ? [last] : [])];
}
