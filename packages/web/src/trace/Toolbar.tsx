/**
 * The line above the minimap: find, fold, grouping, and the breadcrumb of a subtree in focus.
 *
 * Never knows: rows, canvas.
 */
import { Button } from '../controls/Button.tsx';
import { Toggle } from '../controls/Toggle.tsx';
import { readableName } from '../draw/readable.ts';
import type { TraceView } from '../model/trace-view.ts';
import { isWhole } from '../model/viewport.ts';
import { FindBar } from './FindBar.tsx';
import { FoldMenu } from './FoldMenu.tsx';
import styles from './Toolbar.module.css';
import { useView } from './use-view.ts';
import { words } from './words.ts';

export function Toolbar({ view }: { view: TraceView }) {
  const grouping = useView(view, ({ fold }) => fold.grouping);
  const isZoomed = useView(view, ({ window }) => !isWhole(window, view.bounds));
  return (
    <div className={styles.toolbar}>
      <FindBar view={view} />
      <FoldMenu view={view} />
      {view.store.groups.count > 0 && (
        <Toggle isSelected={grouping} onChange={(isOn) => view.setGrouping(isOn)}>
          {words.group}
        </Toggle>
      )}
      <Breadcrumb view={view} />
      <span className={styles.rest} />
      {isZoomed && (
        <Button
          look="quiet"
          title={`${words.keys.whole} (0)`}
          onPress={() => view.setWindow(view.bounds)}
        >
          {words.resetZoom}
        </Button>
      )}
    </div>
  );
}

/** How many ancestors the breadcrumb names; the ones between are reached through the tree. */
const CRUMBS_MAX = 2;

function Breadcrumb({ view }: { view: TraceView }) {
  const focus = useView(view, ({ fold }) => fold.focus);
  if (focus < 0) {
    return null;
  }
  const { store } = view;
  const trail: number[] = [];
  for (let span = focus; span >= 0 && trail.length < CRUMBS_MAX; span = store.parent[span]!) {
    trail.unshift(span);
  }
  return (
    <nav aria-label={words.focus} className={styles.crumbs}>
      <Button look="quiet" onPress={() => view.setFocus(null)}>
        {words.wholeTrace}
      </Button>
      {trail.map((span) => (
        <span
          key={span}
          className={styles.crumb}
          aria-current={span === focus ? 'location' : undefined}
        >
          <span aria-hidden="true">›</span>
          {span === focus ? (
            <b>{readableName(store.names[store.name[span]!]!)}</b>
          ) : (
            <Button look="quiet" onPress={() => view.setFocus(span)}>
              {readableName(store.names[store.name[span]!]!)}
            </Button>
          )}
        </span>
      ))}
    </nav>
  );
}
