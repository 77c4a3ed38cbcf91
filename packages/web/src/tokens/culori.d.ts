/** The part of culori (which ships no types) that the token tests use. Colours are CSS texts. */
declare module 'culori' {
  type Difference = (a: unknown, b: unknown) => number;
  type Filter = (colour: string) => unknown;
  export function wcagContrast(a: string, b: string): number;
  export function differenceCiede2000(): Difference;
  export function filterDeficiencyProt(severity: number): Filter;
  export function filterDeficiencyDeuter(severity: number): Filter;
  export function filterDeficiencyTrit(severity: number): Filter;
  export function lab65(colour: string): { readonly l: number } | undefined;
}
