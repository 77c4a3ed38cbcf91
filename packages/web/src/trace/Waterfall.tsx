/**
 * The waterfall: canvas, native scroll container with the DOM mirror in it, splitter, and what the pointer does.
 *
 * React renders the frame and the mirror at rest; between, the stage draws without it.
 * Never knows: the address, details.
 */
import { useEffect, useRef, useState } from 'react';
import { AXIS_HEIGHT, firstLabelShare, LABEL_SHARE } from '../draw/layout.ts';
import type { TraceView } from '../model/trace-view.ts';
import { HoverCard } from './HoverCard.tsx';
import { listenToPointer } from './pointer.ts';
import { useRemembered } from './remembered.ts';
import { Splitter } from './Splitter.tsx';
import { TreeMirror } from './TreeMirror.tsx';
import { useCanvasTheme } from './use-canvas-theme.ts';
import styles from './Waterfall.module.css';
import { type RestingRows, WaterfallStage } from './waterfall-stage.ts';
import { words } from './words.ts';

export interface WaterfallProps {
  readonly view: TraceView;
  readonly onStage: (stage: WaterfallStage | null) => void;
}

/** A span under a pointer that has rested there. */
export interface Hovered {
  readonly code: number;
  readonly x: number;
  readonly y: number;
}

export function Waterfall({ view, onStage }: WaterfallProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<WaterfallStage | null>(null);
  const [resting, setResting] = useState<RestingRows | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const [chosenShare, setShare] = useRemembered('clew.trace.tree', 0);
  const theme = useCanvasTheme();
  const firstTheme = useRef(theme);

  useEffect(() => {
    const parts = {
      canvas: canvas.current!,
      scroller: scroller.current!,
      spacer: spacer.current!,
    };
    const created = new WaterfallStage(view, parts, firstTheme.current, { onRest: setResting });
    const unlisten = listenToPointer(frame.current!, view, created, setHovered);
    setStage(created);
    onStage(created);
    return () => {
      unlisten();
      created.destroy();
      setStage(null);
      onStage(null);
    };
  }, [view, onStage]);

  useEffect(() => stage?.setTheme(theme), [stage, theme]);

  const width = resting?.layout.width ?? 0;
  const share = chosenShare > 0 ? chosenShare : firstLabelShare(width);
  useEffect(() => {
    if (width > 0) {
      stage?.setLabelShare(share);
    }
  }, [stage, share, width]);
  return (
    <div ref={frame} className={styles.frame}>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabindex takes no focus; the mirror below tells the same. */}
      <canvas ref={canvas} className={styles.canvas} aria-hidden="true" />
      <div ref={scroller} className={styles.scroller} style={{ top: AXIS_HEIGHT }}>
        <div ref={spacer} className={styles.spacer}>
          {resting !== null && <TreeMirror view={view} resting={resting} />}
        </div>
      </div>
      {width > 0 && (
        <Splitter
          label={words.treeWidth}
          value={share * width}
          min={Math.round(LABEL_SHARE.min * width)}
          max={Math.round(LABEL_SHARE.max * width)}
          style={{ position: 'absolute', top: 0, bottom: 0, left: share * width }}
          onChange={(next) => setShare(next / width)}
        />
      )}
      {hovered !== null && <HoverCard view={view} hovered={hovered} />}
    </div>
  );
}
