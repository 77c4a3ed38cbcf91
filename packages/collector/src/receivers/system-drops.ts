/**
 * How many datagrams the system has dropped at a port because its buffer was full: the last column of
 * `/proc/net/udp`. Elsewhere than on Linux nobody can say.
 */
import { readFile } from 'node:fs/promises';

/** The count since the socket was opened; 0 when it cannot be known. */
export async function systemDrops(port: number): Promise<number> {
  const tables = await Promise.all(['/proc/net/udp', '/proc/net/udp6'].map(read));
  return tables.reduce((sum, table) => sum + dropsOf(table, port), 0);
}

function read(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}

/** Lines look like `  12: 0100007F:1AAF 00000000:0000 07 … 0`: local address and port in hex, drops last. */
export function dropsOf(table: string, port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops = 0;
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(wanted)) drops += Number(columns.at(-1)) || 0;
  }
  return drops;
}
