/**
 * The omnibox: paste an id or a log line, pick a service or an operation, run a command after `>`.
 *
 * Never knows: how the rows are found (see palette-rows.ts).
 */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CornerDownLeft } from 'lucide-react';
import { useState } from 'react';
import {
  Autocomplete,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  SearchField,
  Text,
} from 'react-aria-components';
import { KeyHints } from '../controls/KeyHints.tsx';
import { Layer } from '../controls/Layer.tsx';
import { Swatch } from '../controls/Swatch.tsx';
import { operationsQuestion, servicesQuestion } from '../server/questions.ts';
import { words } from '../words.ts';
import { useCommands } from './commands.ts';
import styles from './Palette.module.css';
import { type PaletteRow, paletteRows } from './palette-rows.ts';
import { usePalette } from './palette-state.ts';
import { recentQuestions } from './recent.ts';

/** A day back: a service that was quiet for longer is found by widening Explore. */
const servicesRange = { from: 'now-24h', to: 'now' };

export function Palette() {
  const { isOpen, open, close } = usePalette();
  return (
    <Layer
      isOpen={isOpen}
      onOpenChange={(isOn) => (isOn ? open() : close())}
      label={words.palette.title}
      width={620}
    >
      <PaletteBody onDone={close} />
    </Layer>
  );
}

function PaletteBody({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('');
  const rows = usePaletteRows(text);
  const act = useAct(onDone);
  const first = rows[0]?.rows[0];
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField
        aria-label={words.palette.title}
        autoFocus
        className={styles.field!}
        onSubmit={() => first && act(first)}
      >
        <Input className={styles.input!} placeholder={words.palette.placeholder} />
      </SearchField>
      <ListBox
        aria-label={words.palette.results}
        className={styles.list!}
        items={rows}
        onAction={(key) => {
          const row = rows.flatMap((group) => group.rows).find(({ id }) => id === key);
          if (row) act(row);
        }}
        renderEmptyState={() => <p className={styles.empty}>{words.palette.nothing}</p>}
      >
        {(group) => (
          <ListBoxSection id={group.title}>
            <Header className={styles.header!}>{group.title}</Header>
            {group.rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </ListBoxSection>
        )}
      </ListBox>
      <div className={styles.foot}>
        <KeyHints hints={words.palette.foot} />
      </div>
    </Autocomplete>
  );
}

function Row({ row }: { row: PaletteRow }) {
  return (
    <ListBoxItem id={row.id} textValue={row.title} className={styles.row!}>
      {row.look !== undefined && <Swatch look={row.look} />}
      <Text slot="label" className={styles.label!}>
        <span className={row.isCode ? styles.code : styles.title}>{row.title}</span>
        {row.detail !== undefined && <span className={styles.detail}>{row.detail}</span>}
      </Text>
      <CornerDownLeft size={13} strokeWidth={1.5} className={styles.enter!} aria-hidden="true" />
    </ListBoxItem>
  );
}

function usePaletteRows(text: string) {
  const services = useQuery(servicesQuestion(servicesRange)).data ?? [];
  // Operations of a service are looked up once its name was typed: `checkout POST`.
  const named = services.find(({ name }) => text.toLowerCase().startsWith(name.toLowerCase()));
  const operations = useQuery({
    ...operationsQuestion(named?.name ?? ''),
    enabled: named !== undefined,
  });
  return paletteRows({
    text,
    services,
    operations: named ? { service: named, list: operations.data ?? [] } : undefined,
    commands: useCommands(),
    recent: recentQuestions(),
  });
}

function useAct(onDone: () => void) {
  const navigate = useNavigate();
  return (row: PaletteRow) => {
    onDone();
    if ('run' in row.action) row.action.run();
    else void navigate(row.action.go);
  };
}
