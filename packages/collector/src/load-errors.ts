/**
 * Whether a failed load was the fault of the segment's bytes. Only then is bisecting right: a full
 * disk or a missing table would send every frame of every segment to quarantine.
 */
import { LoadRefused } from '@clew/store';

/**
 * ClickHouse codes that say something about the engine's surroundings, never about the bytes.
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const surroundings: ReadonlySet<number> = new Set([
  // statement, schema, settings: 46 function, 47 identifier, 60 table, 62 syntax, 81 database, 115 setting
  46,
  47, 60, 62, 81, 115,
  // files: 74 read, 75 write, 76 open, 107 no such file, 243 no space, 425 system error, 1001 std exception
  74,
  75, 76, 107, 243, 425, 1001,
  // time, memory, load: 159, 160 timeouts, 173 no memory, 202 too many queries, 241 memory limit, 252 too many parts, 439 no thread
  159,
  160, 173, 202, 241, 252, 439,
  // network, replicas, keeper: 198, 209, 210, 225, 242 read-only, 254, 279, 285, 286, 319 unknown outcome, 999
  198,
  209, 210, 225, 242, 254, 279, 285, 286, 319, 999,
  // shutdown: 236 aborted, 394 cancelled. Rights: 164 read-only, 192–194 user, 497 access, 516 password
  236,
  394, 164, 192, 193, 194, 497, 516,
]);

/** Why the engine refused the bytes, or undefined when it failed for another reason. */
export function refusedBytes(error: unknown): string | undefined {
  if (!(error instanceof LoadRefused) || surroundings.has(error.code)) return undefined;
  return `code ${error.code}: ${error.message}`;
}
