/** What is ordered, and by whom: four orders, one for each thing that a checkout can meet. Never knows: services. */

export interface Order {
  readonly id: string;
  readonly item: string;
  readonly amount: number;
  /** The first digit says what the bank answers. */
  readonly card: string;
}

export interface Visit {
  readonly title: string;
  readonly customerTier: 'gold' | 'silver';
  readonly region: 'eu' | 'us';
  readonly order: Order;
}

export const VISITS: readonly Visit[] = [
  {
    title: 'all is well',
    customerTier: 'gold',
    region: 'eu',
    order: { id: 'o-1', item: 'lamp', amount: 40, card: '5100' },
  },
  {
    title: 'the card is declined',
    customerTier: 'silver',
    region: 'us',
    order: { id: 'o-2', item: 'lamp', amount: 40, card: '4000' },
  },
  {
    title: 'fraud does not answer in time',
    customerTier: 'gold',
    region: 'us',
    order: { id: 'o-3', item: 'lamp', amount: 9_000, card: '5100' },
  },
  {
    title: 'it takes 24 seconds',
    customerTier: 'gold',
    region: 'eu',
    order: { id: 'o-4', item: 'harp', amount: 400, card: '5100' },
  },
];
