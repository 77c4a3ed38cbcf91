/**
 * Counts, shares and instants for people, by the browser's locale.
 *
 * Never knows: the DOM.
 */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** 1284 → `1,284`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** 1284 → `1.28K`; for places that have no room. */
export function formatShortCount(count: number): string {
  return count < 1000 ? whole.format(count) : short.format(count);
}

/** `span` / `spans` by the count, with the count. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A share of 0…1 as a percentage: one decimal under 10 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)}\u202f%`;
}
