/** What the user service answers. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly tablesMax: number;
}
