/**
 * Tracing for every service of the checkout; imported first.
 *
 * The name of the service and the address of the collector come from the usual OTEL_ variables.
 * Never knows: which service this is.
 */
import { httpChannels, start, undiciChannels } from '@clew/sdk';

start({
  // Servers of node:http and fetch, followed on Node's own channels.
  instrumentations: [httpChannels(), undiciChannels()],
  // What the gateway says about the customer is on every span below it. A list, because baggage is
  // written by whoever calls.
  baggageAttributes: ['customer_tier', 'region'],
});
