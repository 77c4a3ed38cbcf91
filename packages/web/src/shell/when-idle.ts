/**
 * A component that is not part of the first load: fetched when the browser is idle, or at once when it is shown sooner,
 * so that the first keystroke after opening it is not lost.
 *
 * Never knows: the component.
 */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** A page that still loads what it is about has idle moments too; they belong to it. */
const settleMs = 1_500;

/** The longest a busy page may put the fetch off. */
const idleMsMax = 4_000;

export function whenIdle<Props>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  const once = memoized(async () => ({ default: await load() }));
  const prefetch = () => void once().catch(() => undefined);
  setTimeout(() => {
    // Safari has no idle callback.
    if ('requestIdleCallback' in window) requestIdleCallback(prefetch, { timeout: idleMsMax });
    else prefetch();
  }, settleMs);
  return lazy(once);
}

/** A failed fetch (a server that restarts) is tried again the next time. */
function memoized<T>(load: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => {
    pending ??= load().catch((error: unknown) => {
      pending = undefined;
      throw error;
    });
    return pending;
  };
}
