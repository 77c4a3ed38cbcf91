/**
 * The last questions that were asked in Explore, kept by the browser.
 *
 * Never knows: the server (a history per person comes with accounts).
 */
import {
  type ExploreAddress,
  hasFilters,
  parseExploreAddress,
} from '../address/explore-address.ts';
import { exploreLink } from '../address/links.ts';
import { formatRawSearch, parseRawSearch } from '../address/raw-search.ts';
import { exploreTitle } from '../explore/question-words.ts';

const storageKey = 'clew.recent';
const keptMax = 12;

/** Puts a question at the front; questions without filters are not worth keeping. */
export function rememberQuestion(address: ExploreAddress): void {
  if (!hasFilters(address)) return;
  const search = formatRawSearch(exploreLink({ ...address, live: false }).search);
  const next = [search, ...stored().filter((text) => text !== search)].slice(0, keptMax);
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // Blocked or full storage: there is no history then.
  }
}

/** Latest first. */
export function recentQuestions() {
  return stored().map((search) => {
    const { address } = parseExploreAddress(parseRawSearch(search));
    return { title: exploreTitle(address), go: exploreLink(address) };
  });
}

function stored(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(list) ? list.filter((text) => typeof text === 'string') : [];
  } catch {
    return [];
  }
}
