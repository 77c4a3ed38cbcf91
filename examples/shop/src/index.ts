/** The demo shop: five small services that send real spans with the stock OpenTelemetry SDK. */
export { type Shop, type ShopOptions, startShop } from './shop.ts';
