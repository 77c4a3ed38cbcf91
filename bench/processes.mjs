/**
 * What a process costs: CPU seconds and resident memory of a pid and its descendants, from /proc.
 *
 * Linux only. A clock tick is 10 ms, so figures are for runs of seconds.
 */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** @returns {{ pid: number, name: string, parent: number, cpuSeconds: number, rssBytes: number } | undefined} */
export function processOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      pid,
      name: /host/.test(command) ? 'engine host' : 'collector',
      parent: Number(after[1]),
      cpuSeconds: (Number(after[11]) + Number(after[12])) / TICKS_PER_SECOND,
      rssBytes: 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0),
    };
  } catch {
    return undefined;
  }
}

/** The process and all its descendants, the root first. */
export function processTree(rootPid) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processOf(Number(name)))
    .filter(Boolean);
  const found = all.filter(({ pid }) => pid === rootPid);
  for (const parent of found) found.push(...all.filter((p) => p.parent === parent.pid));
  return found;
}

/** CPU seconds by process name, and resident bytes of all together. */
export function usage(rootPid) {
  const tree = processTree(rootPid);
  const cpuSeconds = {};
  for (const { name, cpuSeconds: used } of tree) cpuSeconds[name] = (cpuSeconds[name] ?? 0) + used;
  return { cpuSeconds, rssBytes: tree.reduce((sum, { rssBytes }) => sum + rssBytes, 0) };
}
