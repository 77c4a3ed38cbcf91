/**
 * A bar between two areas that a pointer drags and arrow keys move (`role=separator`, WAI-ARIA window splitter).
 *
 * Never knows: what it separates.
 */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import styles from './Splitter.module.css';

export interface SplitterProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** 1: dragging towards the end grows the value; −1: it shrinks it. */
  readonly direction?: 1 | -1;
  /** A vertical bar moves sideways, a horizontal one up and down. */
  readonly orientation?: 'vertical' | 'horizontal';
  readonly onChange: (value: number) => void;
  readonly style?: React.CSSProperties;
}

/** Pixels per arrow key, with Shift ten times as many. */
const STEP = 8;

export function Splitter(props: SplitterProps) {
  const { label, value, min, max, direction = 1, orientation = 'vertical', onChange } = props;
  const grip = useRef<{ at: number; value: number } | null>(null);
  const isVertical = orientation === 'vertical';
  const set = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next))));
  const place = (event: PointerEvent) => (isVertical ? event.clientX : event.clientY);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEP * (event.shiftKey ? 10 : 1) * direction;
    const moves: Record<string, number> = isVertical
      ? { ArrowLeft: value - step, ArrowRight: value + step, Home: min, End: max }
      : { ArrowUp: value - step, ArrowDown: value + step, Home: min, End: max };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      set(next);
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget; <hr> is not.
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      className={`${styles.splitter} ${styles[orientation]}`}
      style={props.style}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { at: place(event), value };
      }}
      onPointerMove={(event) => {
        if (grip.current !== null) {
          set(grip.current.value + (place(event) - grip.current.at) * direction);
        }
      }}
      onPointerUp={() => {
        grip.current = null;
      }}
      onPointerCancel={() => {
        grip.current = null;
      }}
    />
  );
}
