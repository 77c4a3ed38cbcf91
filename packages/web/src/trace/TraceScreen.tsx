/**
 * A trace in memory on the screen: toolbar, minimap, waterfall, details, footer around one `TraceView`.
 *
 * Never knows: how the trace was fetched.
 */
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import type { RawSearch } from '../address/raw-search.ts';
import { TraceView } from '../model/trace-view.ts';
import { DetailsPanel } from './DetailsPanel.tsx';
import { Footer } from './Footer.tsx';
import type { LoadedTrace } from './load-trace.ts';
import { Minimap } from './Minimap.tsx';
import { useRemembered } from './remembered.ts';
import { Splitter } from './Splitter.tsx';
import { Toolbar } from './Toolbar.tsx';
import styles from './TraceScreen.module.css';
import { useTestHook } from './test-hook.ts';
import { applySearch } from './trace-state.ts';
import { useTraceUrl } from './trace-url.ts';
import { useTraceKeys } from './use-trace-keys.ts';
import { Waterfall } from './Waterfall.tsx';
import type { WaterfallStage } from './waterfall-stage.ts';
import { words } from './words.ts';

/** The width of --panel, less on narrow screens; the limits keep a value column and a timeline readable at 1024 px. */
const PANEL = { initial: innerWidth < 1200 ? 332 : 372, min: 260, max: 720 };

export function TraceScreen({ loaded }: { loaded: LoadedTrace }) {
  const raw = useLocation({ select: (location) => location.search as RawSearch });
  const [view] = useState(() => {
    const created = new TraceView(loaded.store);
    applySearch(created, raw);
    return created;
  });
  const [stage, setStage] = useState<WaterfallStage | null>(null);
  const [panelWidth, setPanelWidth] = useRemembered('clew.trace.panel', PANEL.initial);
  const [isPanelOpen, setPanelOpen] = useRemembered('clew.trace.panelOpen', 1);
  useTraceUrl(view);
  useTraceKeys(view, stage, () => setPanelOpen(isPanelOpen === 1 ? 0 : 1));
  useTestHook(view, stage, loaded);
  return (
    <main id="content" className={styles.screen}>
      <Toolbar view={view} />
      <div className={styles.body}>
        <div className={styles.time}>
          <Minimap view={view} />
          <Waterfall view={view} onStage={setStage} />
        </div>
        {isPanelOpen === 1 && (
          <>
            <Splitter
              label={words.panelWidth}
              value={panelWidth}
              min={PANEL.min}
              max={PANEL.max}
              direction={-1}
              onChange={setPanelWidth}
            />
            <DetailsPanel
              view={view}
              stage={stage}
              width={panelWidth}
              onClose={() => setPanelOpen(0)}
            />
          </>
        )}
      </div>
      <Footer store={loaded.store} />
    </main>
  );
}
