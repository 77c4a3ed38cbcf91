/**
 * The server's pulse: its state once a second over Server-Sent Events, written into the query cache.
 *
 * `EventSource` reconnects by itself after a lost connection. Never knows: who looks at the state.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Status } from './answers.ts';
import { statusQuestion } from './questions.ts';

/** Keeps `statusQuestion` fresh while the component is mounted and `isOn`. */
export function usePulse(isOn: boolean): void {
  const cache = useQueryClient();
  useEffect(() => {
    if (!isOn) return;
    const source = new EventSource('/api/v1/pulse');
    source.addEventListener('pulse', (event: MessageEvent<string>) => {
      cache.setQueryData(statusQuestion.queryKey, JSON.parse(event.data) as Status);
    });
    return () => source.close();
  }, [isOn, cache]);
}
