/**
 * What produces the spans: an immutable set of attributes, of the shape that the stock exporters
 * read. Detectors that need time complete it once, before the first export. Never knows: where the attributes come from.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */

import { type Attributes, diag } from '@opentelemetry/api';

export class Resource {
  #attributes: Attributes;
  readonly schemaUrl: string | undefined;
  #pending: Promise<void> | undefined;

  /** `later` gives more attributes: they fill in what is not known yet, and never overwrite. */
  constructor(attributes: Attributes, schemaUrl?: string, later?: Promise<Attributes>) {
    this.#attributes = Object.freeze({ ...attributes });
    this.schemaUrl = schemaUrl;
    this.#pending = later
      ?.then((found) => this.#complete(found))
      .catch((error: unknown) => {
        diag.info('a resource detector found nothing', error);
        this.#pending = undefined;
      });
  }

  get attributes(): Attributes {
    return this.#attributes;
  }

  /** Whether attributes may still come; processors wait for them before their first export. */
  get asyncAttributesPending(): boolean {
    return this.#pending !== undefined;
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
    const later =
      this.asyncAttributesPending || updating.asyncAttributesPending
        ? laterOf(this, updating)
        : undefined;
    return new Resource(attributes, urls.size === 1 ? [...urls][0] : undefined, later);
  }

  getRawAttributes(): [string, Attributes[string]][] {
    return Object.entries(this.attributes);
  }

  /** Resolves when nothing more will come; never rejects. */
  waitForAsyncAttributes(): Promise<void> {
    return this.#pending ?? Promise.resolve();
  }

  #complete(found: Attributes): void {
    this.#attributes = Object.freeze({ ...found, ...this.#attributes });
    this.#pending = undefined;
  }
}

async function laterOf(first: Resource, second: Resource): Promise<Attributes> {
  await Promise.all([first.waitForAsyncAttributes(), second.waitForAsyncAttributes()]);
  return { ...first.attributes, ...second.attributes };
}

export const EMPTY_RESOURCE = new Resource({});
