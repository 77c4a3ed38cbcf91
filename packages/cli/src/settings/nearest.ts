/**
 * The nearest known name to a mistyped one, for "did you mean".
 *
 * Never suggests something far away: a wrong hint is worse than none.
 */

/** Answers undefined when nothing is within a third of the name's length (at least 2 edits). */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = Math.min(
      editDistance(wanted, plain(candidate)),
      // `sync` for `spool.sync`: the last part alone is a common slip and always worth the hint.
      wanted === plain(candidate.slice(candidate.lastIndexOf('.') + 1)) ? 1 : Number.MAX_VALUE,
    );
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '_');
}

/** Damerau–Levenshtein with adjacent swaps, in the rows that it needs. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const replaced = (last[j - 1] as number) + (isSame ? 0 : 1);
      let least = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] as number) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}
