/** What the shop sells. */

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
}

export const catalogue: readonly Product[] = [
  { sku: 'CLEW-01', name: 'Ball of red thread', price: 4.5 },
  { sku: 'LAMP-07', name: 'Oil lamp', price: 23.9 },
  { sku: 'MAP-03', name: 'Map of a labyrinth', price: 12 },
  { sku: 'BOOT-42', name: 'Quiet boots', price: 89 },
  { sku: 'HORN-11', name: 'Bull horn, left', price: 149.5 },
  { sku: 'WING-02', name: 'Wax wings', price: 310 },
];

export function productOf(sku: string): Product | undefined {
  return catalogue.find((product) => product.sku === sku);
}
