/** Shortest and longest duration in one frame: `min – max`. A text that is no duration is named and not committed. */
import { useState } from 'react';
import type { ExploreAddress } from '../address/explore-address.ts';
import field from '../controls/field.module.css';
import { formatDurationParameter, parseDuration } from '../format/duration.ts';
import { words } from '../words.ts';
import styles from './DurationFields.module.css';

const says = words.explore.fields;

export type DurationFieldsProps = {
  readonly address: ExploreAddress;
  readonly onChange: (fields: Partial<ExploreAddress>) => void;
};

export function DurationFields({ address, onChange }: DurationFieldsProps) {
  const isSet = address.minNs !== undefined || address.maxNs !== undefined;
  return (
    <div className={field.field} data-set={isSet ? '' : undefined}>
      <span className={field.label} aria-hidden="true">
        {says.duration}
      </span>
      <OneDuration
        label={says.minLabel}
        placeholder={says.min}
        ns={address.minNs}
        onCommit={(minNs) => onChange({ minNs })}
      />
      <span aria-hidden="true" className={styles.dash}>
        –
      </span>
      <OneDuration
        label={says.maxLabel}
        placeholder={says.max}
        ns={address.maxNs}
        onCommit={(maxNs) => onChange({ maxNs })}
      />
    </div>
  );
}

type OneDurationProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly ns: number | undefined;
  readonly onCommit: (ns: number | undefined) => void;
};

function OneDuration({ label, placeholder, ns, onCommit }: OneDurationProps) {
  const written = ns === undefined ? '' : formatDurationParameter(ns);
  const [state, setState] = useState({ written, text: written });
  if (state.written !== written) setState({ written, text: written });
  const { text } = state;
  const isRefused = text.trim() !== '' && parseDuration(text) === undefined;
  const commit = () => {
    if (isRefused) return;
    const next = text.trim() === '' ? undefined : parseDuration(text);
    if (next !== ns) onCommit(next);
    else setState({ written, text: written });
  };
  return (
    <input
      className={`${field.input} ${styles.input}`}
      aria-label={label}
      aria-invalid={isRefused || undefined}
      title={isRefused ? words.explore.badDuration(text) : label}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={(event) => setState({ written, text: event.target.value })}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}
