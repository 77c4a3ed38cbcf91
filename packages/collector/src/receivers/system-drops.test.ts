import { expect, test } from 'vitest';
import { dropsOf } from './system-drops.ts';

/** As Linux 6 prints it. */
const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1104: 0100007F:1AAF 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 22 2 0000000000000000 4604
 2211: 0100007F:1AB0 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 23 2 0000000000000000 7
`;

test.each([
  [6831, 4604],
  [6832, 7],
  [2000, 0],
])('of port %i are %i', (port, drops) => {
  expect(dropsOf(TABLE, port)).toBe(drops);
});
