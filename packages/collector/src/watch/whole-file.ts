/**
 * A file without requests apart → its requests: unpacked when it is an archive, then lines, frames or one message.
 *
 * Never knows: files.
 */
import { nextUnit, otlpFileForm } from '@clew/translate';
import { inflate } from '../receivers/inflate.ts';

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** Throws a CollectorError when it cannot be unpacked within `bytesMax`. */
export async function unitsOfWhole(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array[]> {
  const plain = await unpacked(bytes, bytesMax);
  const form = plain === bytes ? 'whole' : otlpFileForm(plain);
  if (form !== 'lines' && form !== 'frames') return [plain];
  const units: Uint8Array[] = [];
  let at = 0;
  while (at < plain.length) {
    const unit = nextUnit(plain, at, form);
    // The last line needs no line feed; a frame that is cut off is handed on to be refused.
    if (unit === 'more') break;
    units.push(plain.subarray(unit.start, unit.end));
    at = unit.next;
  }
  if (at < plain.length) units.push(plain.subarray(at));
  return isOneDocument(units, form) ? [plain] : units;
}

/** JSON over many lines is one document. */
function isOneDocument(units: readonly Uint8Array[], form: 'lines' | 'frames'): boolean {
  const first = Buffer.from(units[0] ?? [])
    .toString('utf8')
    .trim();
  return form === 'lines' && /^[[{]$/.test(first);
}

async function unpacked(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  if (begins(bytes, GZIP)) return inflate(bytes, 'gzip', bytesMax);
  return begins(bytes, ZSTD) ? inflate(bytes, 'zstd', bytesMax) : bytes;
}

function begins(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
