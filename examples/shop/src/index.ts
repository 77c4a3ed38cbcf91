/** The demo shop: five small services that send real spans with @clew/sdk. */
export { type Shop, type ShopOptions, startShop } from './shop.ts';
