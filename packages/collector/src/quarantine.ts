/**
 * Where frames go that cannot be loaded: the bytes as a file, and why as JSON beside it.
 *
 * Nothing is thrown away. A refused request is kept as the OTLP bytes it was (`.pb`), so that
 * `clew send` can bring it back once what refused it is mended; a damaged frame as what was found.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './log.ts';
import type { Counters } from './metrics.ts';
import { syncFolder } from './segment.ts';

export interface QuarantinedFrame {
  readonly segment: bigint;
  /** Byte offset of the frame in its segment; names the file, so that doing it twice is once. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly reason: string;
  readonly isDamaged: boolean;
  readonly spans?: number;
  readonly listener?: string;
  readonly arrivedMs?: number;
}

export interface Quarantine {
  /** Resolves when the frame is durable. */
  put(frame: QuarantinedFrame): Promise<void>;
}

export function createQuarantine(dir: string, log: Log, counters: Counters): Quarantine {
  return {
    async put({ bytes, isDamaged, ...facts }) {
      await mkdir(dir, { recursive: true });
      const suffix = isDamaged ? 'damaged' : 'pb';
      const file = join(dir, `${facts.segment}-${facts.at}.${suffix}`);
      const story = { ...facts, segment: facts.segment.toString(), bytes: bytes.length, isDamaged };
      await writeFile(file, bytes, { flush: true });
      await writeFile(`${file}.json`, `${JSON.stringify(story, undefined, 2)}\n`, { flush: true });
      await syncFolder(dir);
      counters.framesQuarantined += 1;
      if (isDamaged) counters.framesDamaged += 1;
      log('error', isDamaged ? 'damaged frame quarantined' : 'refused frame quarantined', {
        ...story,
        file,
      });
    },
  };
}
