/**
 * Adaptive rates on disk, so that a restart goes on with them.
 *
 * A file that is missing or cannot be read means to begin anew, which costs some intervals.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { OperationState, Rates } from './adaptive.ts';

type Row = [service: string, operation: string, rate: number];

export async function readRates(path: string): Promise<Rates> {
  const rates = new Map<string, Map<string, OperationState>>();
  try {
    for (const [service, operation, rate] of JSON.parse(await readFile(path, 'utf8')) as Row[]) {
      if (!(rate > 0 && rate <= 1)) continue;
      const operations = rates.get(service) ?? new Map<string, OperationState>();
      operations.set(operation, { rate, perSecond: [], unseen: 0 });
      rates.set(service, operations);
    }
  } catch {
    return new Map();
  }
  return rates;
}

export async function writeRates(path: string, rates: Rates): Promise<void> {
  const rows: Row[] = [];
  for (const [service, operations] of rates) {
    for (const [operation, { rate }] of operations) rows.push([service, operation, rate]);
  }
  await writeFile(`${path}.draft`, JSON.stringify(rows));
  await rename(`${path}.draft`, path);
}
