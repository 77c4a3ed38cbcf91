/**
 * What produces the spans: an immutable set of attributes, of the shape that the stock exporters
 * read. Never knows: where the attributes come from.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */

import { type Attributes, diag } from '@opentelemetry/api';

export class Resource {
  readonly attributes: Attributes;
  readonly schemaUrl: string | undefined;
  readonly asyncAttributesPending = false;

  constructor(attributes: Attributes, schemaUrl?: string) {
    this.attributes = Object.freeze({ ...attributes });
    this.schemaUrl = schemaUrl;
  }

  /**
   * Both together: `updating` wins even with an empty value. Two different schema URLs are an
   * error of the application: it is reported and the result has none.
   */
  merge(updating: Resource | null): Resource {
    if (updating === null) return this;
    const attributes = { ...this.attributes, ...updating.attributes };
    const urls = new Set([this.schemaUrl, updating.schemaUrl].filter(Boolean));
    if (urls.size > 1) {
      diag.error(`resource: found two schema URLs, ${[...urls].join(' and ')}; both dropped`);
    }
    return new Resource(attributes, urls.size === 1 ? [...urls][0] : undefined);
  }

  getRawAttributes(): [string, Attributes[string]][] {
    return Object.entries(this.attributes);
  }

  waitForAsyncAttributes(): Promise<void> {
    return Promise.resolve();
  }
}

export const EMPTY_RESOURCE = new Resource({});
