/**
 * Epoch nanoseconds as text → nanoseconds from the trace's base as a number.
 *
 * The difference is taken in whole numbers, because epoch nanoseconds do not fit a double.
 * Never knows: events.
 */
export function eventOffset(timeNs: string, baseNs: string): number {
  return Number(BigInt(timeNs) - BigInt(baseNs));
}
